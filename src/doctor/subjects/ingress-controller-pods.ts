import type { Pod } from 'kubernetes-types/core/v1';
import { ingressClassOf } from '../../exposure/controllers/ingress-address.ts';
import { controllerNamed, type IngressController } from '../../exposure/controllers/ingress-controllers.ts';
import { skyPilotIngressClass } from '../../exposure/controllers/signpost.ts';
import { controllerBuildOf } from '../../platforms/ingress-nginx-releases.ts';
import type { WithMetadata } from '../../snapshot/object-reference.ts';
import { selects } from '../../snapshot/selector.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import type { CheckContext } from '../check-context.ts';
import { judgedIngresses } from './ingress-mode.ts';

type Judged = Pick<CheckContext, 'view' | 'subject'>;

/**
 * The controllers of the checked Ingresses, or of the class that SkyPilot uses. Undefined if a class is unknown or its
 * controller is.
 */
export function controllerProductsOf(scene: Judged): readonly (IngressController | undefined)[] {
  const { view } = scene;
  const ingresses = judgedIngresses(scene).map(({ ingress }) => ingress);
  if (ingresses.length > 0) {
    const named = ingresses.map((ingress) => controllerNamed(ingressClassOf(view, ingress).class?.spec?.controller));
    return [...new Set(named)];
  }
  const classes = itemsOf(view.snapshot.topics.ingressClasses);
  const nginx = classes.find(({ metadata }) => metadata?.name === skyPilotIngressClass);
  return [controllerNamed(nginx?.spec?.controller)];
}

/** The Pods or Services of a controller, by the labels that its manifests and charts set on both. */
export function ofController<T extends WithMetadata>(objects: readonly T[], { serviceLabels }: IngressController): T[] {
  return objects.filter(({ metadata }) => serviceLabels.some((labels) => selects(labels, metadata?.labels)));
}

/** The Pods of ingress-nginx, from upstream or a vendor. */
export function ingressNginxPods({ view }: Pick<CheckContext, 'view'>): Pod[] {
  return ofController(itemsOf(view.snapshot.topics.controllerPods), controllerNamed('k8s.io/ingress-nginx')!);
}

/** The image of a controller's Pod, from the container with a matching image or name. */
export function controllerImageOf({ spec }: Pod): string | undefined {
  const containers = spec?.containers ?? [];
  const chosen =
    containers.find(({ image = '' }) => controllerBuildOf(image).by === 'upstream') ??
    containers.find(({ name }) => /controller/.test(name)) ??
    containers[0];
  return chosen?.image;
}

/**
 * Whether it is RKE2's ingress-nginx. Its chart creates no Service; the Pods listen on ports 80 and 443 of their nodes.
 */
export function isOfRke2({ metadata }: Pod): boolean {
  return metadata?.labels?.['app.kubernetes.io/name'] === 'rke2-ingress-nginx';
}

/**
 * The only namespace whose Ingresses a controller serves; undefined if it serves all (ingress-nginx
 * `--watch-namespace`).
 */
export function watchedNamespaceOf({ spec }: Pod): string | undefined {
  const args = (spec?.containers ?? []).flatMap((container) => container.args ?? []);
  const value = args.find((arg) => arg.startsWith('--watch-namespace='))?.split('=')[1];
  return value || undefined;
}
