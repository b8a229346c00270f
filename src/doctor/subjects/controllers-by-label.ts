import { ingressControllers } from '../../exposure/controllers/ingress-controllers.ts';
import type { WithMetadata } from '../../snapshot/object-reference.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { itemsOf, type Observed } from '../../snapshot/topics.ts';
import { ofController } from './ingress-controller-pods.ts';

/**
 * In what kubectl prints, the Pods and EndpointSlices of ingress controllers stand among all others. Where none is, it may
 * have been asked for one namespace or one label: then they count as not collected.
 */
export function withControllersByLabel(snapshot: Snapshot): Snapshot {
  const { topics } = snapshot;
  const controllerPods = among(itemsOf(topics.pods));
  const controllerSlices = among(itemsOf(topics.endpointSlices));
  return {
    ...snapshot,
    topics: { ...topics, ...(controllerPods && { controllerPods }), ...(controllerSlices && { controllerSlices }) },
  };
}

function among<T extends WithMetadata>(objects: readonly T[]): Observed<T> | undefined {
  const items = ingressControllers.flatMap((product) => ofController(objects, product));
  return items.length > 0 ? { observed: true, items, resourceVersion: '', cutOff: false } : undefined;
}
