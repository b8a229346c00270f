import {
  ingressClass,
  ingressNginxPod,
  ingressNginxService,
  skyIngress,
  skyLoadBalancer,
  skyNames,
  skyPod,
  skyPortService,
  sliceOf,
} from './skypilot-objects.ts';

/**
 * Forty SkyPilot clusters whose ports wait, half of them behind a controller without EXTERNAL-IP, and half for a load
 * balancer; in the form of `kubectl get -o json`.
 */
export function fortyClusters(): string {
  const of = (at: number) => {
    const names = skyNames('ml', `train-${at}`);
    const pod = skyPod(names);
    const service = at % 2 ? skyLoadBalancer(names, [8888]) : skyPortService(names, 8000);
    return [pod, service, sliceOf(service, [pod]), ...(at % 2 ? [] : [skyIngress(names, [8000])])];
  };
  const clusters = Array.from({ length: 40 }, (_, at) => of(at)).flat();
  const items = [ingressClass(), ingressNginxService({ type: 'NodePort' }), ingressNginxPod(), ...clusters];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}
