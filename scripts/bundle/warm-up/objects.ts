import { collectionAt } from '../../../src/snapshot/resource-paths.ts';
import {
  ingressClass,
  ingressNginxService,
  skyIngress,
  skyInternalServices,
  skyLoadBalancer,
  skyNames,
  skyPod,
  skyPortService,
  sliceOf,
} from '../../../test/helpers/skypilot-objects.ts';

interface KubernetesObject {
  readonly kind?: string;
  readonly metadata?: { readonly namespace?: string };
}

const train = skyNames('default', 'train');
const trainPod = skyPod(train, { podIP: '10.244.0.1' });
const trainBalancer = skyLoadBalancer(train, [8888, 6006], { ip: '34.1.2.3' });

const serve = skyNames('research', 'serve');
const servePods = [0, 1].map((worker) => skyPod(serve, { worker, podIP: `10.244.1.${worker}` }));
const serveService = skyPortService(serve, 8000);

const late = skyNames('research', 'late');
const lateBalancer = skyLoadBalancer(late, [5000]);

const foreign = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'kubernetes', namespace: 'default' }, spec: {} };

/**
 * Objects of a typical Kubernetes cluster: a load balancer, an Ingress, a load balancer without an address, and objects
 * that do not belong to SkyPilot.
 */
const objects: readonly KubernetesObject[] = [
  trainPod,
  ...skyInternalServices(train),
  trainBalancer,
  sliceOf(trainBalancer, [trainPod]),
  ...servePods,
  ...skyInternalServices(serve, 1),
  serveService,
  sliceOf(serveService, servePods),
  skyIngress(serve, [8000]),
  skyPod(late, { phase: 'Pending' }),
  lateBalancer,
  ingressNginxService({ ip: '34.1.2.4' }),
  ingressClass(),
  foreign,
];

/** The list that an API server answers to a path such as `/api/v1/namespaces/default/pods`. */
export function listAt(path: string): object {
  const namespace = /\/namespaces\/([^/]+)\/[^/]+$/.exec(path)?.[1];
  const kind = collectionAt(path);
  const items = objects.filter(
    (object) => object.kind === kind && (namespace === undefined || object.metadata?.namespace === namespace),
  );
  return { kind: `${kind}List`, metadata: { resourceVersion: '1' }, items };
}
