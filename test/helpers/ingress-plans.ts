import type { Ingress } from 'kubernetes-types/networking/v1';
import type { PlannedWrite } from '../../src/snapshot/plan.ts';
import type { KubernetesObject, LookOptions } from './look.ts';
import { type Asked, planAt, train } from './requests.ts';
import { ingressClass, ingressNginxService, skyPod } from './skypilot-objects.ts';

/** One SkyPilot cluster and an ingress-nginx. */
export const base: KubernetesObject[] = [skyPod(train), ingressClass(), ingressNginxService({ ip: '203.0.113.9' })];

export const ask = (asked: Asked = {}): Asked => ({ mode: 'ingress', ...asked });

/** The write of the Ingress; it is the last. */
export function ingressWrite(
  objects: readonly KubernetesObject[],
  asked: Asked,
  options?: LookOptions,
): PlannedWrite<Ingress> {
  return planAt(objects, ask(asked), options).writes.at(-1) as PlannedWrite<Ingress>;
}

/** Host, path, type (where it is not ImplementationSpecific) and backend of every path, a line each. */
export function pathsOf({ spec }: Ingress): string[] {
  const prefix = `${train.nameOnCloud}--skyports-svc--`;
  return (spec?.rules ?? []).flatMap(({ host = '*', http }) =>
    http!.paths.map(({ path, pathType, backend: { service } }) => {
      const words = [host, path, ...(pathType === 'ImplementationSpecific' ? [] : [pathType])];
      return `${words.join(' ')} ${service!.name.replace(prefix, '')}:${service!.port!.number}`;
    }),
  );
}
