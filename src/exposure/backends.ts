import type { Service, ServicePort } from 'kubernetes-types/core/v1';
import { isLive } from '../skypilot/sky-cluster.ts';
import { keyOf } from '../snapshot/object-reference.ts';
import { endingOf } from './pod-ending.ts';
import { isReady, troubleOf } from './pod-trouble.ts';
import type { SnapshotIndex } from './snapshot-index.ts';

/** Whether a Service port has a ready backend. It is `unknown` only if neither EndpointSlices nor Pods were seen. */
export type Backends =
  | { readonly state: 'ready'; readonly nodeNames: readonly string[] }
  | { readonly state: 'none'; readonly reason: string }
  | { readonly state: 'unknown'; readonly reason: string };

/**
 * Whether a Service port has a ready backend, from its EndpointSlices. If `conditions.ready` is absent, it counts as
 * true (discovery/v1). If the slices were not seen, the selected Pods are used instead.
 */
export function backendsOf(view: SnapshotIndex, service: Service, port: ServicePort): Backends {
  const { endpointSlices, pods } = view.snapshot.topics;
  if (endpointSlices.observed) {
    const slices = view.slices.get(keyOf(service)) ?? [];
    const ready = slices
      .filter(({ ports }) => ports?.some(({ name }) => (name ?? '') === (port.name ?? '')))
      .flatMap(({ endpoints }) => endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false);
    if (ready.length > 0) return { state: 'ready', nodeNames: namesOf(ready.map(({ nodeName }) => nodeName)) };
    return { state: 'none', reason: whyNone(view, service) };
  }
  if (!pods.observed) {
    return { state: 'unknown', reason: `endpointslices and pods were not seen (${endpointSlices.message})` };
  }
  const ready = selectedBy(view, service).filter(isReady);
  if (ready.length > 0) return { state: 'ready', nodeNames: namesOf(ready.map(({ spec }) => spec?.nodeName)) };
  return { state: 'none', reason: whyNone(view, service) };
}

function whyNone(view: SnapshotIndex, service: Service): string {
  const name = `Service ${service.metadata?.name}`;
  if (!view.snapshot.topics.pods.observed) return `${name} has no ready backend`;
  const selector = Object.entries(service.spec?.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  if (selector.length === 0) return `${name} has no selector and no ready backend`;
  const selected = selectedBy(view, service);
  const namespace = service.metadata?.namespace ?? '';
  if (selected.length === 0) {
    const gone = view
      .skyClustersOf(service)
      .map(({ nameOnCloud }) => endingOf(view.snapshot, headOf(namespace, nameOnCloud)));
    return withEnding(`${name} selects ${selector.join(',')}, and no SkyPilot Pod has that`, gone[0]);
  }
  const worst = selected.find(isLive) ?? selected[0]!;
  const trouble = troubleOf(worst);
  if (trouble === undefined) {
    const isNew = view.snapshot.topics.endpointSlices.observed && !view.slices.has(keyOf(service));
    return isNew
      ? `Kubernetes has written no EndpointSlice for ${name} yet (Pod ${worst.metadata?.name} is Ready)`
      : `${name} has no ready backend although Pod ${worst.metadata?.name} is Ready`;
  }
  return withEnding(trouble, endingOf(view.snapshot, { namespace, name: worst.metadata?.name ?? '' }));
}

function withEnding(fact: string, ending: string | undefined): string {
  return ending === undefined ? fact : `${fact}: ${ending}`;
}

/** The reference to the head Pod of a SkyPilot cluster. This Pod may no longer exist. */
function headOf(namespace: string, nameOnCloud: string) {
  return { namespace, name: `${nameOnCloud}-head` };
}

function selectedBy(view: SnapshotIndex, service: Service) {
  return view.pods.matching(service.metadata?.namespace ?? '', service.spec?.selector);
}

function namesOf(nodeNames: readonly (string | undefined)[]): string[] {
  return [...new Set(nodeNames.filter((name) => name !== undefined))];
}
