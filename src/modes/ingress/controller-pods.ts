import type { Pod, Service } from 'kubernetes-types/core/v1';
import { accessListOf } from '../../exposure/access.ts';
import { mayAskEverywhere } from '../../exposure/asked-on-path.ts';
import { controllerServiceSelector } from '../../exposure/controllers/ingress-controllers.ts';
import { ingressControllers } from '../../exposure/controllers/known-controllers.ts';
import { type Endpoint, isOpenedInAdvance } from '../../exposure/endpoint.ts';
import { isReady, troubleOf } from '../../exposure/pod-trouble.ts';
import { indexSnapshot, type SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { collectionPath } from '../../snapshot/resource-paths.ts';
import { selects } from '../../snapshot/selector.ts';
import type { Snapshot, TopicRequest, TopicRequests } from '../../snapshot/snapshot.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { ingressEndpoints } from './list.ts';

/** The request for the Pods of all known ingress controllers. It selects them by their labels. */
export const controllerPodsRequest: TopicRequest = {
  path: collectionPath('Pod', null),
  labelSelector: controllerServiceSelector,
};

/**
 * The request for the Pods of ingress controllers, if a row in ingress mode needs them. Empty if the user cannot list
 * the controllers' Services in all namespaces.
 */
export function controllerPodsIfNeeded(snapshot: Snapshot): TopicRequests {
  const { namespace, topics } = snapshot;
  // Do not request the list twice, even if the first request failed.
  if (topics.controllerPods.observed || topics.controllerPods.reason !== 'not-collected') return {};
  if (itemsOf(topics.ingresses).length === 0) return {};
  if (namespace !== null && !topics.controllerServices.observed) return {};
  const view = indexSnapshot(snapshot);
  const needed = ingressEndpoints(view).some((row) => isServed(row) && controllerServiceOf(view, row));
  if (!needed) return {};
  return { controllerPods: controllerPodsRequest };
}

/**
 * The rows, after a look at the Pods of the controllers. A row in ingress mode stays Ready only if a Pod of its
 * controller is Ready. If the flags of these Pods may make the controller ask every caller, `access` shows this.
 */
export function withControllersJudged(view: SnapshotIndex, rows: readonly Endpoint[]): Endpoint[] {
  const { controllerPods } = view.snapshot.topics;
  if (!controllerPods.observed) return [...rows];
  return rows.map((row) => {
    const service = row.mode === 'ingress' && isServed(row) ? controllerServiceOf(view, row) : undefined;
    if (!service) return row;
    const pods = podsBehind(service, controllerPods.items);
    const known = pods.some(mayAskEverywhere) ? { ...row, access: accessListOf([...row.access, 'unknown']) } : row;
    const reason = troubleOfPods(pods, service);
    return reason === undefined ? known : { ...known, state: 'NoBackends', reason };
  });
}

/** Whether the state of the row still depends on the Pods of its controller. */
function isServed(row: Endpoint): boolean {
  return row.state === 'Ready' || isOpenedInAdvance(row);
}

/**
 * The Service of the controller that serves a row. Undefined if the list of controllers' Pods may lack Pods of this
 * Service. Also undefined if there is no Service (host ports in RKE2, ALB, GCE), or if it has no selector (a signpost,
 * a controller outside the Kubernetes cluster).
 */
function controllerServiceOf(view: SnapshotIndex, { source }: Endpoint): Service | undefined {
  const keys = new Set(source.filter(({ kind }) => kind === 'Service').map((each) => `${each.namespace}/${each.name}`));
  const { namedControllerServices } = view.snapshot.topics;
  const services = [...itemsOf(view.controllerServices), ...itemsOf(namedControllerServices)];
  const named = view.ingressService ? view.services.get(view.ingressService) : undefined;
  const found = [...services, ...(named ? [named] : [])].find((service) => keys.has(keyOf(service)));
  const product = found?.spec?.selector?.['app.kubernetes.io/name'];
  return product !== undefined && listedNames.has(product) ? found : undefined;
}

const listedNames: ReadonlySet<string | undefined> = new Set(
  ingressControllers.flatMap(({ serviceLabels }) => serviceLabels.map((each) => each['app.kubernetes.io/name'])),
);

function podsBehind(service: Service, all: readonly Pod[]): Pod[] {
  return all.filter(
    ({ metadata }) =>
      metadata?.namespace === service.metadata?.namespace && selects(service.spec?.selector, metadata?.labels),
  );
}

function troubleOfPods(pods: readonly Pod[], service: Service): string | undefined {
  if (pods.some(isReady)) return undefined;
  const [first] = pods;
  const why = first ? troubleOf(first) : 'it selects no Pod';
  return `the ingress controller's Service ${keyOf(service)} has no ready Pod: ${why}`;
}
