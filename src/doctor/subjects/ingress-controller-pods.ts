import type { Pod } from 'kubernetes-types/core/v1';
import type { Ingress, IngressClass } from 'kubernetes-types/networking/v1';
import { type Cure, command, cure, part } from '../../errors/cure.ts';
import { ingressClassOf } from '../../exposure/controllers/ingress-address.ts';
import { controllerNamed, controllerOfClassName } from '../../exposure/controllers/ingress-controllers.ts';
import {
  type IngressController,
  ingressControllers,
  ingressNginxController,
} from '../../exposure/controllers/known-controllers.ts';
import { skyPilotIngressClass } from '../../exposure/controllers/signpost.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { controllerBuildOf } from '../../platforms/ingress-nginx-releases.ts';
import type { WithMetadata } from '../../snapshot/object-reference.ts';
import { selects } from '../../snapshot/selector.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import type { CheckContext } from '../check-context.ts';
import { flagOf, isNginxProvider } from './controller-flags.ts';
import { judgedIngresses } from './ingress-mode.ts';

type Judged = Pick<CheckContext, 'view' | 'subject'>;

const ingressNginx = controllerNamed(ingressNginxController)!;

/** The class of an Ingress, and the controller product that serves the class. */
export interface ServedClass {
  /** The name of the class; undefined if the Ingress names no class and no default class exists. */
  readonly name: string | undefined;
  /** The `spec.controller` of the class; undefined if no such IngressClass exists. */
  readonly controller: string | undefined;
  /** The controller product; undefined if it is unknown. */
  readonly product: IngressController | undefined;
}

/**
 * The class of an Ingress, with its controller product. Usually, `spec.controller` of the class identifies the product.
 * A Pod can be started with another value of `spec.controller`. Then this Pod identifies the product.
 */
export function servedClassOf({ view }: Pick<CheckContext, 'view'>, ingress: Ingress): ServedClass {
  const { name, class: ingressClass } = ingressClassOf(view, ingress);
  if (ingressClass) return { name, ...controllerOfClass(view, ingressClass) };
  const isField = ingress.spec?.ingressClassName !== undefined;
  return { name, controller: undefined, product: isField ? undefined : controllerOfClassName(name) };
}

/** The `spec.controller` of an IngressClass, and the controller product if it is known. */
export function controllerOfClass(
  view: SnapshotIndex,
  { spec }: IngressClass,
): { readonly controller: string | undefined; readonly product: IngressController | undefined } {
  const controller = spec?.controller;
  const started = () => {
    const pods = itemsOf(view.snapshot.topics.controllerPods).filter(
      ({ spec: pod }) => flagOf(pod, 'controller-class') === controller,
    );
    const isNginx = pods.some((pod) => ofController([pod], ingressNginx).length > 0);
    return isNginx && controller !== undefined ? ingressNginx : undefined;
  };
  return { controller, product: controllerNamed(controller) ?? started() };
}

/**
 * The controller products of the checked Ingresses. Without Ingresses, the product of SkyPilot's class. An entry is
 * undefined if the class or its controller is unknown.
 */
export function controllerProductsOf(scene: Judged): readonly (IngressController | undefined)[] {
  const { view } = scene;
  const ingresses = judgedIngresses(scene).map(({ ingress }) => ingress);
  if (ingresses.length > 0) return [...new Set(ingresses.map((ingress) => servedClassOf(scene, ingress).product))];
  const classes = itemsOf(view.snapshot.topics.ingressClasses);
  const nginx = classes.find(({ metadata }) => metadata?.name === skyPilotIngressClass);
  return [nginx && controllerOfClass(view, nginx).product];
}

/** The Pods or Services of a controller. The controller's manifests and charts set the same labels on both. */
export function ofController<T extends WithMetadata>(objects: readonly T[], { serviceLabels }: IngressController): T[] {
  return objects.filter(({ metadata }) => serviceLabels.some((labels) => selects(labels, metadata?.labels)));
}

/** The Pods of ingress-nginx, from upstream or a vendor. */
export function ingressNginxPods({ view }: Pick<CheckContext, 'view'>): Pod[] {
  return ofController(itemsOf(view.snapshot.topics.controllerPods), ingressNginx);
}

/**
 * The image of the controller in a Pod. A container with a known image is chosen first, then a container with
 * `controller` in its name, then the first container.
 */
export function controllerImageOf({ spec }: Pod): string | undefined {
  const containers = spec?.containers ?? [];
  const chosen =
    containers.find(({ image = '' }) => controllerBuildOf(image).by === 'upstream') ??
    containers.find(({ name }) => /controller/.test(name)) ??
    containers[0];
  return chosen?.image;
}

/**
 * A cure that shows the end of the controller's log.
 *
 * @param product the product of the controller on the path; null if it is not known
 */
export function controllerLogCure({ view }: Pick<CheckContext, 'view'>, product: string | null, note: string): Cure {
  const pods = itemsOf(view.snapshot.topics.controllerPods);
  const known = ingressControllers.find((each) => each.product === product);
  const first = (known ? ofController(pods, known)[0] : undefined) ?? pods[0];
  const { namespace = 'ingress-nginx', name } = first?.metadata ?? {};
  const which = name === undefined ? part`-l app.kubernetes.io/component=controller` : part`${name}`;
  return cure(command`kubectl logs ${which} -n ${namespace} --tail=50`, note);
}

/**
 * The distribution that runs this ingress-nginx without a Service. Its Pods listen on ports 80 and 443 of their nodes.
 * Undefined for any other ingress-nginx.
 */
export function onNodesBy({ metadata }: Pod): 'RKE2' | 'MicroK8s' | undefined {
  const labels = metadata?.labels ?? {};
  if (labels['app.kubernetes.io/name'] === 'rke2-ingress-nginx') return 'RKE2';
  return labels.name === 'nginx-ingress-microk8s' ? 'MicroK8s' : undefined;
}

/**
 * The only namespace whose Ingresses a controller serves (ingress-nginx `--watch-namespace`); undefined if the
 * controller serves all namespaces.
 */
export function watchedNamespaceOf({ spec }: Pod): string | undefined {
  return flagOf(spec, 'watch-namespace') || undefined;
}

/**
 * The `spec.controller` of the classes that a controller's Pod serves. For ingress-nginx, this is the flag
 * `--controller-class`. Traefik's nginx provider has a similar flag, and serves ingress-nginx's classes by default.
 * Undefined if the product has no such flag.
 */
export function classesServedBy(pod: Pod): string | undefined {
  if (ofController([pod], ingressNginx).length > 0)
    return flagOf(pod.spec, 'controller-class') ?? ingressNginxController;
  if (!isNginxProvider(pod)) return undefined;
  return flagOf(pod.spec, 'providers.kubernetesingressnginx.controllerclass') ?? ingressNginxController;
}

/** The Pods of a product, and the Traefik Pods whose nginx provider serves the classes of this product. */
export function podsServing(pods: readonly Pod[], product: IngressController): Pod[] {
  const own = ofController(pods, product);
  if (!product.readsNginxAnnotations) return own;
  return [...own, ...pods.filter((pod) => isNginxProvider(pod) && classesServedBy(pod) === product.controller)];
}
