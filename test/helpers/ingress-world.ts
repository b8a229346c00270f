import type { ExecutionContext } from 'ava';
import type { Service, ServiceSpec } from 'kubernetes-types/core/v1';
import type { Ingress, IngressLoadBalancerIngress } from 'kubernetes-types/networking/v1';
import { type KubernetesObject, type LookOptions, rowAt } from './look.ts';
import { train } from './requests.ts';
import { ingressClass, ingressNginxService, skyIngress, skyPod, skyPortService } from './skypilot-objects.ts';

/** SkyPilot's path to port 8888. */
export const path = `/skypilot/default/${train.nameOnCloud}/8888`;
export const plain: Ingress = skyIngress(train, [8888]);
export const nginx = ingressClass();
/** The controller where SkyPilot looks for it. */
export const usual = ingressNginxService({ ip: '203.0.113.9' });
export const nothing = 'SkyPilot prints nothing for this port';

/** SkyPilot's Ingress with addresses in its status. */
export const published = (...ingress: IngressLoadBalancerIngress[]): Ingress => ({
  ...plain,
  status: { loadBalancer: { ingress } },
});

export function changed(
  service: Service,
  spec: Partial<ServiceSpec>,
  annotations: Record<string, string> = {},
): Service {
  return { ...service, metadata: { ...service.metadata, annotations }, spec: { ...service.spec, ...spec } };
}

/** A controller's Service in kube-system, by its label. */
export function labelled(name: string, appName: string, ip: string): Service {
  const labels = { 'app.kubernetes.io/name': appName, 'app.kubernetes.io/component': 'controller' };
  const metadata = { name, namespace: 'kube-system', labels };
  return { ...ingressNginxService({ name, namespace: 'kube-system', ip }), metadata };
}

/** Where SkyPilot's Ingress for port 8888 answers in a world. */
export interface Answers {
  /** Besides the Pod and the per-port Service. */
  readonly objects: readonly KubernetesObject[];
  readonly options?: LookOptions;
  readonly url: string | null;
  readonly differs?: string | null;
  /** State and reason; Ready when it is not given. */
  readonly says?: RegExp;
}

/** The body of a test. */
export function answersAt(t: ExecutionContext, { objects, options, url, differs, says }: Answers): void {
  const row = rowAt([skyPod(train), skyPortService(train, 8888), ...objects], options);
  t.is(row.url, url);
  if (differs !== undefined) t.is(row.skyPilot.differs, differs);
  t.regex(`${row.state}: ${row.reason}`, says ?? /^Ready: $/);
}
