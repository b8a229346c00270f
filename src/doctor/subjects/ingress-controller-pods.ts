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

/** The product that serves the judged Ingresses, or would serve SkyPilot's; undefined when its class does not tell, or is not known. */
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

/** The Pods, or the Services, of a controller, by the labels of its manifests and charts, which both bear. */
export function ofController<T extends WithMetadata>(objects: readonly T[], { serviceLabels }: IngressController): T[] {
  return objects.filter(({ metadata }) => serviceLabels.some((labels) => selects(labels, metadata?.labels)));
}

/** The Pods of ingress-nginx, upstream's and vendors' builds. */
export function ingressNginxPods({ view }: Pick<CheckContext, 'view'>): Pod[] {
  return ofController(itemsOf(view.snapshot.topics.controllerPods), controllerNamed('k8s.io/ingress-nginx')!);
}

/** The image that a controller's Pod runs: that of the container whose image or name says so. */
export function controllerImageOf({ spec }: Pod): string | undefined {
  const containers = spec?.containers ?? [];
  const chosen =
    containers.find(({ image = '' }) => controllerBuildOf(image).by === 'upstream') ??
    containers.find(({ name }) => /controller/.test(name)) ??
    containers[0];
  return chosen?.image;
}

/** RKE2's build of ingress-nginx: its chart makes no Service, the Pods listen on ports 80 and 443 of their nodes. */
export function isOfRke2({ metadata }: Pod): boolean {
  return metadata?.labels?.['app.kubernetes.io/name'] === 'rke2-ingress-nginx';
}

/** The one namespace whose Ingresses a controller serves; undefined when it serves all (ingress-nginx `--watch-namespace`). */
export function watchedNamespaceOf({ spec }: Pod): string | undefined {
  const args = (spec?.containers ?? []).flatMap((container) => container.args ?? []);
  const value = args.find((arg) => arg.startsWith('--watch-namespace='))?.split('=')[1];
  return value || undefined;
}
