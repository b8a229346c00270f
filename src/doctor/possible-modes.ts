import type { Service } from 'kubernetes-types/core/v1';
import { externalAddressesOf } from '../exposure/external-addresses.ts';
import { type ExposeMode, exposeModes } from '../exposure/plan/expose-request.ts';
import { detectPlatforms } from '../platforms/detect.ts';
import { controllerService } from '../skypilot/names.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { itemsOf, type Observation } from '../snapshot/topics.ts';
import type { Check } from './define-check.ts';
import { outcomeOf, rootCausesOf } from './diagnosis.ts';
import { judge } from './judge.ts';
import { firstFact, whatIsMissing } from './summary.ts';

/** Whether a mode could open a port here, judged before anybody uses it. */
export interface PossibleMode {
  readonly mode: ExposeMode;
  readonly possible: 'yes' | 'no' | 'cannot tell';
  /** The fact that stands against it, or what is missing to tell; with yes a remark. */
  readonly because: string;
}

const none: Observation<never> = { observed: true, items: [], resourceVersion: '', cutOff: false };

/** Judges each mode on the Kubernetes cluster alone, as if no SkyPilot cluster were there. */
export function possibleModes(checks: readonly Check[], snapshot: Snapshot): PossibleMode[] {
  const { topics } = snapshot;
  const empty = { ...topics, pods: none, services: none, ingresses: none, endpointSlices: none };
  const services = snapshot.namespace === null ? controllersAmong(topics.services) : none;
  const unused: Snapshot = { ...snapshot, topics: { ...empty, services } };
  const infrastructure = checks.filter(({ link }) =>
    ['context', 'load-balancer', 'ingress', 'controller'].includes(link),
  );
  return exposeModes.map((mode) => {
    const subject = { skyCluster: undefined, ports: undefined, mode };
    const verdicts = judge(infrastructure, unused, subject, { only: undefined, skip: [] });
    const outcome = outcomeOf(verdicts);
    // A server that does not answer says nothing about what it would allow.
    if (rootCausesOf(verdicts).includes('api-server-answers')) {
      return { mode, possible: 'cannot tell', because: 'the API server did not answer' };
    }
    if (outcome === 'problems') return { mode, possible: 'no', because: firstFact(verdicts) };
    if (outcome === 'unknown') return { mode, possible: 'cannot tell', because: whatIsMissing(verdicts) };
    const doubt = verdicts.find(
      ({ check, outcome: of }) => of === 'fail' && check.id === 'load-balancer-implementation',
    );
    if (doubt) return { mode, possible: 'cannot tell', because: doubt.findings[0]!.message };
    return beyondChecks(mode, snapshot);
  });
}

/** With all namespaces the controllers' Services are among all others. */
function controllersAmong(services: Observation<Service>): Observation<Service> {
  if (!services.observed) return services;
  const items = services.items.filter(
    ({ metadata }) =>
      metadata?.namespace === controllerService.namespace || metadata?.labels?.['app.kubernetes.io/name'] !== undefined,
  );
  return { ...services, items };
}

/** What no check can tell before it is tried. */
function beyondChecks(mode: ExposeMode, snapshot: Snapshot): PossibleMode {
  const { topics } = snapshot;
  if (mode === 'podip') return { mode, possible: 'yes', because: 'for callers that reach the Pod network' };
  if (mode === 'ingress') return { mode, possible: 'yes', because: '' };
  if (mode === 'nodeport') {
    if (!topics.nodes.observed) return { mode, possible: 'cannot tell', because: 'nodes may not be seen' };
    const addresses = topics.nodes.items.some(({ status }) => (status?.addresses ?? []).length > 0);
    return { mode, possible: addresses ? 'yes' : 'no', because: addresses ? '' : 'no node has an address' };
  }
  const balanced = itemsOf(topics.services).some(
    (service) => service.spec?.type === 'LoadBalancer' && externalAddressesOf(service).length > 0,
  );
  if (balanced) return { mode, possible: 'yes', because: 'another Service here has an address' };
  const [giver] = detectPlatforms(snapshot).loadBalancers;
  if (giver) return { mode, possible: 'yes', because: `${giver.what.title} gives addresses` };
  return { mode, possible: 'cannot tell', because: 'no load balancer here has an address yet' };
}
