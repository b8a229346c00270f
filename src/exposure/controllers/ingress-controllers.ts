/** An ingress controller product: how its IngressClass and its Service are recognised. */
export interface IngressController {
  readonly product: string;
  /** `spec.controller` of its IngressClass. */
  readonly controller: string;
  /** Well-known labels of its Service, as its own manifests and charts set them; any of the sets is enough. */
  readonly serviceLabels: readonly Readonly<Record<string, string>>[];
  /** Whether it honours `nginx.ingress.kubernetes.io/*`, which rewriting a path needs. */
  readonly readsNginxAnnotations: boolean;
}

/**
 * Sources: ingress-nginx deploy/static and the RKE2 chart (same product, other chart name); the Traefik chart;
 * F5's nginx-ingress chart, which reads `nginx.org/*` annotations instead.
 */
export const ingressControllers: readonly IngressController[] = [
  {
    product: 'ingress-nginx',
    controller: 'k8s.io/ingress-nginx',
    serviceLabels: [
      { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/component': 'controller' },
      { 'app.kubernetes.io/name': 'rke2-ingress-nginx', 'app.kubernetes.io/component': 'controller' },
    ],
    readsNginxAnnotations: true,
  },
  {
    product: 'Traefik',
    controller: 'traefik.io/ingress-controller',
    serviceLabels: [{ 'app.kubernetes.io/name': 'traefik' }],
    readsNginxAnnotations: false,
  },
  {
    product: "F5's NGINX Ingress Controller",
    controller: 'nginx.org/ingress-controller',
    serviceLabels: [{ 'app.kubernetes.io/name': 'nginx-ingress' }],
    readsNginxAnnotations: false,
  },
];

/** Label selector that takes the Services of all known controllers in one list request. */
export const controllerServiceSelector = `app.kubernetes.io/name in (${[
  ...new Set(
    ingressControllers.flatMap(({ serviceLabels }) => serviceLabels.map((each) => each['app.kubernetes.io/name']!)),
  ),
].join(',')})`;

/** The product behind an IngressClass's `spec.controller`; undefined for one we don't know. */
export function controllerNamed(controller: string | undefined): IngressController | undefined {
  return ingressControllers.find((each) => each.controller === controller);
}
