import type { Pod, Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { tailscale } from '../platforms/load-balancers/tailscale.ts';
import type { WithMetadata } from '../snapshot/object-reference.ts';
import type { AskedBySetting } from './access.ts';
import { type AccessAnnotation, anyAccess } from './controllers/access-annotations.ts';
import { ingressClassOf } from './controllers/ingress-address.ts';
import { controllerNamed, controllerOfClassName } from './controllers/ingress-controllers.ts';
import { type IngressController, ingressControllers } from './controllers/known-controllers.ts';
import { externalAddressesOf } from './external-addresses.ts';
import type { Scope } from './scope.ts';
import type { SnapshotIndex } from './snapshot-index.ts';
import { admitsOnlySome, namesFirewall } from './source-ranges.ts';

/**
 * What the load balancer of a Service asks its callers for. kube-proxy does not apply source ranges to
 * `spec.externalIPs` (kubernetes/kubernetes, pkg/proxy/iptables/proxier.go), so they count only without such addresses.
 */
export function askedByLoadBalancer(service: Service): AskedBySetting[] {
  const addresses = externalAddressesOf(service);
  if (addresses.some(({ from }) => from === 'spec.externalIPs')) return [];
  return [
    ...(admitsOnlySome(service) ? ['allow-list' as const] : []),
    ...(namesFirewall(service) || isTailnetClass(service) ? ['unknown' as const] : []),
  ];
}

/**
 * The scope of a Service in a tailnet. Only machines of the tailnet can call it, whatever its host name is. Undefined
 * for other Services.
 */
export function tailnetScopeOf(service: Service): Extract<Scope, 'private'> | undefined {
  return isTailnetClass(service) ? 'private' : undefined;
}

/** Whether Tailscale serves the Service. The policy of the tailnet, which this plugin does not read, admits callers. */
function isTailnetClass({ spec }: Service): boolean {
  return tailscale.classes.includes(spec?.loadBalancerClass ?? '');
}

/** The scope of an Ingress of Tailscale. Funnel opens it to the internet. Undefined for other Ingresses. */
export function tailnetScopeOfIngress(view: SnapshotIndex, ingress: Ingress): Scope | undefined {
  if (controllerOf(view, ingress)?.servesTailnet !== true) return undefined;
  return ingress.metadata?.annotations?.['tailscale.com/funnel'] === 'true' ? 'public' : 'private';
}

/**
 * What the controller of an Ingress asks callers for, before it passes a call to the Service. Only annotations that the
 * controller reads count. If the controller is not known, such an annotation counts as `unknown`.
 *
 * @param service the Service behind the path; undefined if it does not exist
 */
export function askedByIngress(view: SnapshotIndex, ingress: Ingress, service: Service | undefined): AskedBySetting[] {
  const controller = controllerOf(view, ingress);
  const objects = { Ingress: ingress, Service: service };
  if (!controller) {
    const all = [...ingressControllers.flatMap(({ accessAnnotations }) => accessAnnotations), ...anyAccess];
    return all.some((each) => isSet(each, objects)) ? ['unknown'] : [];
  }
  const found = controller.accessAnnotations.filter((each) => isSet(each, objects)).map(({ access }) => access);
  return tailnetScopeOfIngress(view, ingress) === 'private' ? [...found, 'unknown'] : found;
}

function controllerOf(view: SnapshotIndex, ingress: Ingress): IngressController | undefined {
  const { name, class: ingressClass } = ingressClassOf(view, ingress);
  if (ingressClass) return controllerNamed(ingressClass.spec?.controller);
  const isField = ingress.spec?.ingressClassName !== undefined;
  return isField ? undefined : controllerOfClassName(name);
}

function isSet(
  { key, on = ['Ingress'], counts }: AccessAnnotation,
  objects: Readonly<Record<'Ingress' | 'Service', WithMetadata | undefined>>,
): boolean {
  return on.some((kind) =>
    Object.entries(objects[kind]?.metadata?.annotations ?? {}).some(
      ([name, value]) =>
        (typeof key === 'string' ? key === name : key.test(name)) && value.trim() !== '' && (counts?.(value) ?? true),
    ),
  );
}

/**
 * Whether a Pod of Traefik uses middlewares for every Ingress of an entry point. They may ask callers. Source: Traefik's
 * static configuration, entryPoints.NAME.http.middlewares.
 */
export function mayAskEverywhere({ spec }: Pod): boolean {
  const flags = (spec?.containers ?? []).flatMap(({ args = [] }) => args);
  return flags.some((each) => /^--entrypoints\.[^.=]+\.http\.middlewares=./i.test(each));
}
