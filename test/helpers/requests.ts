import type { ExposeRequest } from '../../src/exposure/plan/expose-request.ts';
import { noChanges } from '../../src/exposure/plan/manifest.ts';
import { parsePortMappings } from '../../src/exposure/port-mapping.ts';
import { type ExposePlan, planExpose } from '../../src/modes/plan-expose.ts';
import type { Manifest } from '../../src/snapshot/plan.ts';
import { indexAt, type KubernetesObject, type LookOptions } from './look.ts';
import { carriedOut } from './server-side-apply.ts';
import { type SkyPilotNames, skyNames } from './skypilot-objects.ts';

export const train: SkyPilotNames = skyNames('default', 'train');

/** What `expose` was asked: `ports` as typed, everything else as if it was not named. */
export type Asked = Partial<Omit<ExposeRequest, 'ports'>> & { readonly ports?: string };

export function requestOf({ ports = '8888', ...asked }: Asked, names: SkyPilotNames = train): ExposeRequest {
  return {
    skyCluster: { ...names, pods: [] },
    mode: 'loadbalancer',
    ports: parsePortMappings(ports.split(' ')),
    annotations: noChanges,
    labels: noChanges,
    allNodes: undefined,
    loadBalancerClass: undefined,
    sourceRanges: undefined,
    ingressClass: undefined,
    path: undefined,
    rewrite: undefined,
    host: undefined,
    tlsSecret: undefined,
    allowReserved: false,
    besideSkyPilot: false,
    force: false,
    ...asked,
  };
}

/** Plans with the SkyPilot cluster that the objects show, as the command does. */
export function planAt(objects: readonly KubernetesObject[], asked: Asked, options: LookOptions = {}): ExposePlan {
  const view = indexAt(objects, options);
  const request = requestOf(asked);
  const { namespace, nameOnCloud } = request.skyCluster;
  return planExpose(view, {
    ...request,
    skyCluster: view.skyClusterNamed(namespace, nameOnCloud) ?? request.skyCluster,
  });
}

/** The objects after each `expose` was carried out in turn. */
export function exposed(objects: readonly KubernetesObject[], ...calls: readonly Asked[]): KubernetesObject[] {
  return calls.reduce<KubernetesObject[]>(
    (present, asked) => carriedOut(planAt(present, asked).writes, present as readonly Manifest[]) as KubernetesObject[],
    [...objects],
  );
}
