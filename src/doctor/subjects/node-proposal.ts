import type { Service } from 'kubernetes-types/core/v1';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1';
import { type Cure, command, cure, part } from '../../errors/cure.ts';
import { type NodeCandidate, nodeCandidates } from '../../exposure/controllers/node-candidates.ts';
import { isReadBySkyPilot, troubleOfAnnotation } from '../../exposure/plan/plan-annotate.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import type { CheckContext } from '../check-context.ts';
import type { Fix } from '../fix/fix.ts';

/** Ready endpoints of a controller's Service; undefined if its EndpointSlices were not seen. */
export function readyEndpointsOf({ view }: Pick<CheckContext, 'view'>, service: Service) {
  const { controllerSlices, endpointSlices } = view.snapshot.topics;
  const isSeen = controllerSlices.observed || (view.snapshot.namespace === null && endpointSlices.observed);
  if (!isSeen) return undefined;
  const ofService = [...itemsOf(controllerSlices), ...itemsOf(endpointSlices)].filter(
    ({ metadata }: EndpointSlice) =>
      `${metadata?.namespace}/${metadata?.labels?.['kubernetes.io/service-name']}` === keyOf(service),
  );
  return ofService.flatMap(({ endpoints }) => endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
}

/** The nodes where the nodePorts of a Service answer, the best first; undefined if they are unknown. */
export function nodesFor(scene: Pick<CheckContext, 'view'>, service: Service): NodeCandidate[] | undefined {
  const { nodes } = scene.view.snapshot.topics;
  if (!nodes.observed) return undefined;
  if (service.spec?.externalTrafficPolicy !== 'Local') return nodeCandidates(nodes.items);
  const ready = readyEndpointsOf(scene, service);
  return ready && nodeCandidates(nodes.items, { onNodes: new Set(ready.map(({ nodeName }) => nodeName ?? '')) });
}

/**
 * A fix that sets SkyPilot's annotation to the address of the best node. Undefined if SkyPilot would not use the
 * annotation, or if a person has to decide.
 */
export function annotateFix(scene: Pick<CheckContext, 'view'>, service: Service): Fix | undefined {
  const [best] = nodesFor(scene, service) ?? [];
  return best && annotationFix(service, best.address);
}

/**
 * A fix that sets SkyPilot's annotation to this value. Undefined if SkyPilot does not read the Service, or would ignore
 * the annotation.
 */
export function annotationFix(service: Service, value: string): Fix | undefined {
  const isUsed = isReadBySkyPilot(service) && troubleOfAnnotation(service) === undefined;
  return isUsed ? { do: 'annotate', service, value } : undefined;
}

/**
 * The command `kubectl skyports annotate ADDRESS` for a controller's Service. ADDRESS is the address of the best
 * node, if it is known.
 */
export function annotateCures(scene: Pick<CheckContext, 'view'>, service: Service): readonly Cure[] {
  const place = isReadBySkyPilot(service) ? undefined : part`--ingress-service ${keyOf(service)}`;
  const candidates = nodesFor(scene, service);
  const [best] = candidates ?? [];
  if (best) {
    const note = `writes the ${best.type} of node ${best.node}`;
    return [cure(command`kubectl skyports annotate ${best.address} ${place}`, note)];
  }
  const note =
    candidates === undefined
      ? 'ADDRESS is the address of a node at which nodePorts answer; the nodes were not seen'
      : 'ADDRESS is one that leads to the nodePorts; no Ready node shows a usable one';
  return [cure(command`kubectl skyports annotate ADDRESS ${place}`, note)];
}
