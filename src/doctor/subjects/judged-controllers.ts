import type { Service } from 'kubernetes-types/core/v1';
import { servicesSkyPilotAsks } from '../../exposure/controllers/controller-service.ts';
import { ingressAddressOf } from '../../exposure/controllers/ingress-address.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { isReadBySkyPilot } from '../../exposure/plan/plan-annotate.ts';
import { ingress as ingressMode } from '../../modes/ingress/mode.ts';
import { type PrintedEndpoint, printedForIngress } from '../../skypilot/printed-endpoint.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { itemsOf, type Topic } from '../../snapshot/topics.ts';
import type { CheckContext } from '../check-context.ts';
import {
  aboutIngressMode,
  ingressRows,
  isPrintedByPath,
  judgedIngresses,
  skyPilotIngressRows,
} from './ingress-mode.ts';

type Judged = Pick<CheckContext, 'view' | 'subject' | 'namespace'>;

/** The topics that `judgedControllers` reads, in addition to the Services in the snapshot's namespace. */
export const controllerTopics = [
  'pods',
  'ingresses',
  'ingressClasses',
  'controllerServices',
  'ingressNginxServices',
] as const satisfies readonly Topic[];

/**
 * The topic with the Service from which SkyPilot reads the address of the ingress controller. SkyPilot reads no other
 * Service.
 */
export function skyPilotsServiceTopics({
  namespace,
}: Pick<CheckContext, 'namespace'>): ('services' | 'ingressNginxServices')[] {
  return namespace === null ? ['services'] : ['ingressNginxServices'];
}

/** A controller's Service to check, and the ports that depend on it. */
export interface JudgedController {
  readonly service: Service;
  /** Whether SkyPilot reads the address of the ports from this Service, or would read it with `--mode ingress`. */
  readonly isAskedBySkyPilot: boolean;
  readonly rows: readonly Endpoint[];
  readonly about: readonly string[];
}

/**
 * Whether SkyPilot needs the address of an ingress controller. This is so if SkyPilot opened one of the ports in
 * ingress mode, or if the user asks about ingress mode.
 */
export function asksSkyPilot(scene: Judged): boolean {
  return scene.subject.mode === ingressMode.name || skyPilotIngressRows(scene).length > 0;
}

/** The Service that SkyPilot reads; undefined if it does not exist or was not seen. */
export function serviceAskedBySkyPilot({ view }: Pick<CheckContext, 'view'>): Service | undefined {
  return itemsOf(servicesSkyPilotAsks(view)).find(isReadBySkyPilot);
}

/**
 * The Services of ingress controllers to check. For ports that SkyPilot opened, this is the Service that SkyPilot
 * reads. For other Ingresses, it is the Service of their controller.
 */
export function judgedControllers(scene: Judged): JudgedController[] {
  const { view } = scene;
  const byKey = new Map<string, JudgedController>();
  const asked = asksSkyPilot(scene) ? serviceAskedBySkyPilot(scene) : undefined;
  if (asked) {
    const rows = skyPilotIngressRows(scene);
    byKey.set(keyOf(asked), { service: asked, isAskedBySkyPilot: true, rows, about: aboutIngressMode(scene, rows) });
  }
  const rowsByIngress = Map.groupBy(ingressRows(scene), ({ source }) => `${source[0]?.namespace}/${source[0]?.name}`);
  for (const { ingress, about } of judgedIngresses(scene)) {
    const rows = rowsByIngress.get(keyOf(ingress)) ?? [];
    const reference = rows.some(isPrintedByPath) ? undefined : ingressAddressOf(view, ingress).service;
    const key = `${reference?.namespace}/${reference?.name}`;
    const known = byKey.get(key);
    const service = known?.service ?? itemsOf(view.controllerServices).find((each) => keyOf(each) === key);
    if (!reference || !service || known?.isAskedBySkyPilot) continue;
    byKey.set(key, {
      service,
      isAskedBySkyPilot: false,
      rows: [...(known?.rows ?? []), ...rows],
      about: [...new Set([...(known?.about ?? []), ...about])],
    });
  }
  return [...byKey.values()];
}

/** The endpoint that SkyPilot prints for the first port. If there are no ports, the endpoint has placeholders. */
export function printedAt(scene: Judged, { rows }: Pick<JudgedController, 'rows'>): PrintedEndpoint {
  const [first] = rows;
  if (first) return first.skyPilot;
  const subject = { namespace: scene.namespace ?? 'NAMESPACE', nameOnCloud: 'CLUSTER', port: 'PORT' };
  return printedForIngress(servicesSkyPilotAsks(scene.view), subject);
}
