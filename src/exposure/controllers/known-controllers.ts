import {
  type AccessAnnotation,
  albAccess,
  f5Access,
  gkeAccess,
  haproxyIngressAccess,
  haproxyTechnologiesAccess,
  kongAccess,
  nginxAccess,
  openshiftAccess,
  traefikAccess,
} from './access-annotations.ts';

/** A kind of ingress controller: how to recognize it, and how it handles an Ingress. */
export interface IngressController {
  readonly product: string;
  /** `spec.controller` of the IngressClass of this product. */
  readonly controller: string;
  /** Other values of `spec.controller` that belong to this product. */
  readonly alsoControllers?: RegExp;
  /** Values of the old annotation `kubernetes.io/ingress.class` that the product serves without an IngressClass. */
  readonly classNames: readonly string[];
  /**
   * The labels of the Service and the Pods, as the product's manifests and charts set them. One matching set is enough.
   * The list is empty if the objects lack the label `app.kubernetes.io/name`. Then no check can find the Pods.
   */
  readonly serviceLabels: readonly Readonly<Record<string, string>>[];
  /**
   * Whether the controller reads the annotations `nginx.ingress.kubernetes.io/*`. Without them, it cannot rewrite a
   * path.
   */
  readonly readsNginxAnnotations: boolean;
  /**
   * What the controller does with a path that is a regular expression. The words continue "it ignores the annotations
   * and". Absent if the controller reads the annotations.
   */
  readonly ofRegexPath?: string;
  /** The annotations that make the controller ask callers, for example for a password; empty if none is known. */
  readonly accessAnnotations: readonly AccessAnnotation[];
  /** Whether the controller serves Ingresses in a tailnet. Only machines of the tailnet can then call them. */
  readonly servesTailnet?: true;
  /** What the controller does with a rule that has no host; absent if it applies the rule to every host. */
  readonly withoutHost?: string;
  /** What the controller does with `spec.ingressClassName`; absent if it supports the field. */
  readonly ofClassField?: string;
  /**
   * Where the controller gets the address that it writes into an Ingress's status.
   *
   * - `service`: from its Service. Without an address there, the Ingress has none either.
   * - `itself`: from a load balancer that the controller creates, or whose name it knows.
   * - `if-told`: the controller writes an address only if its flags say so.
   */
  readonly publishes: 'service' | 'itself' | 'if-told';
  /** A path for which the web ports return 200 for every host; undefined if the controller has no such path. */
  readonly healthPath?: string;
  /**
   * The annotation of a Service that sets the path of the load balancer's health check. Without this annotation, the
   * load balancer requests `/`. Absent if there is no such health check.
   */
  readonly healthPathAnnotation?: string;
  /** The annotations that an Ingress needs for backends of type ClusterIP; absent if it needs none. */
  readonly clusterIpAnnotations?: Readonly<Record<string, string>>;
  /**
   * How to configure the controller so that it expects a PROXY protocol header on each connection. Absent if this is
   * unknown, or if this plugin reads the setting from a ConfigMap.
   */
  readonly proxyProtocol?: string;
  readonly sources: readonly string[];
}

const literal = 'takes the path literally';

/**
 * `spec.controller` in the IngressClass of ingress-nginx. The nginx provider of Traefik also serves classes with this
 * value.
 */
export const ingressNginxController = 'k8s.io/ingress-nginx';

/** An annotation of ingress-nginx, which other controllers read too: `nginxAnnotation('use-regex')`. */
export const nginxAnnotation = (key: string): string => `nginx.ingress.kubernetes.io/${key}`;

/**
 * `spec.controller` of Traefik's nginx provider on RKE2. It has its own IngressClass, so ingress-nginx can run beside
 * it in the same cluster.
 */
const rke2Migration = 'rke2.cattle.io/ingress-nginx-migration';

/** All known products. The facts are from the code, the charts and the documentation in `sources`. */
export const ingressControllers: readonly IngressController[] = [
  {
    product: 'ingress-nginx',
    controller: ingressNginxController,
    classNames: ['nginx'],
    serviceLabels: [
      { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/component': 'controller' },
      // RKE2 installs the same product with another chart name.
      { 'app.kubernetes.io/name': 'rke2-ingress-nginx', 'app.kubernetes.io/component': 'controller' },
      // The addon of MicroK8s before 2026. Only its Pods have this label. Users create the Services for these Pods, and
      // such a Service has the label in its selector.
      { name: 'nginx-ingress-microk8s' },
    ],
    readsNginxAnnotations: true,
    accessAnnotations: nginxAccess,
    publishes: 'service',
    healthPath: '/healthz',
    sources: [
      'kubernetes/ingress-nginx, deploy/static and internal/ingress/status/status.go',
      'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/: authentication',
      'the RKE2 chart',
      'canonical/microk8s-core-addons, addons/ingress/ingress.yaml',
    ],
  },
  {
    product: 'Traefik',
    controller: 'traefik.io/ingress-controller',
    classNames: ['traefik'],
    proxyProtocol:
      'by its flags --entrypoints.web.proxyprotocol.trustedips=CIDR and --entrypoints.websecure.proxyprotocol.trustedips=CIDR',
    serviceLabels: [{ 'app.kubernetes.io/name': 'traefik' }, { 'app.kubernetes.io/name': 'rke2-traefik' }],
    readsNginxAnnotations: false,
    accessAnnotations: traefikAccess,
    ofRegexPath: literal,
    publishes: 'service',
    sources: [
      'traefik/traefik-helm-chart, templates/ingressclass.yaml',
      'https://doc.traefik.io/traefik/routing/providers/kubernetes-ingress/: router.middlewares',
    ],
  },
  {
    product: "Traefik's nginx provider",
    controller: rke2Migration,
    classNames: [],
    // These Pods are Traefik's, so this product has no labels of its own.
    serviceLabels: [],
    readsNginxAnnotations: true,
    accessAnnotations: nginxAccess,
    publishes: 'if-told',
    sources: ['https://docs.rke2.io/reference/ingress_migration', 'rke2-charts, rke2-traefik: migrationClass.yaml'],
  },
  {
    product: "F5's NGINX Ingress Controller",
    controller: 'nginx.org/ingress-controller',
    classNames: [],
    serviceLabels: [{ 'app.kubernetes.io/name': 'nginx-ingress' }],
    readsNginxAnnotations: false,
    accessAnnotations: f5Access,
    ofRegexPath: literal,
    withoutHost: 'it rejects a rule without a host, unless it runs with -allow-empty-ingress-host',
    publishes: 'service',
    sources: [
      'nginx/kubernetes-ingress, internal/k8s/validation.go: validateIngressSpec',
      'nginx/kubernetes-ingress, internal/configs/annotations.go: basic-auth-secret, jwt-key, policies',
    ],
  },
  {
    product: "AKS's application routing",
    controller: 'webapprouting.kubernetes.azure.com/nginx',
    alsoControllers: /^webapprouting\.kubernetes\.azure\.com\/nginx/,
    classNames: ['webapprouting.kubernetes.azure.com'],
    serviceLabels: [],
    readsNginxAnnotations: true,
    accessAnnotations: nginxAccess,
    publishes: 'service',
    sources: ['Azure/aks-app-routing-operator, pkg/manifests/nginx.go'],
  },
  {
    product: "OpenShift's router",
    controller: 'openshift.io/ingress-to-route',
    classNames: ['openshift-default'],
    serviceLabels: [],
    readsNginxAnnotations: false,
    accessAnnotations: openshiftAccess,
    ofRegexPath: 'makes a Route with the path as it stands',
    withoutHost: 'it makes no Route for a rule without a host',
    publishes: 'itself',
    sources: [
      'openshift/route-controller-manager, pkg/route/ingress/ingress.go',
      'https://docs.redhat.com/en/documentation/openshift_container_platform: route-specific annotations, ip_allowlist',
    ],
  },
  {
    product: "HAProxy Technologies' ingress controller",
    controller: 'haproxy.org/ingress-controller',
    alsoControllers: /^haproxy\.org\/ingress-controller\//,
    classNames: [],
    serviceLabels: [{ 'app.kubernetes.io/name': 'kubernetes-ingress' }],
    readsNginxAnnotations: false,
    accessAnnotations: haproxyTechnologiesAccess,
    ofRegexPath: literal,
    publishes: 'if-told',
    sources: [
      'haproxytech/kubernetes-ingress, documentation/ingressclass.md and pkg/route/route.go',
      'haproxytech/kubernetes-ingress, documentation/annotations.md: auth-type, allow-list, backend-config-snippet',
      'haproxytech/helm-charts, kubernetes-ingress',
    ],
  },
  {
    product: 'HAProxy Ingress',
    controller: 'haproxy-ingress.github.io/controller',
    alsoControllers: /^haproxy-ingress\.github\.io\/controller\//,
    classNames: ['haproxy'],
    serviceLabels: [{ 'app.kubernetes.io/name': 'haproxy-ingress' }],
    readsNginxAnnotations: false,
    accessAnnotations: haproxyIngressAccess,
    ofRegexPath: literal,
    publishes: 'if-told',
    sources: [
      'jcmoraisjr/haproxy-ingress, docs/content/en/docs/configuration: keys.md, auth-secret, auth-url, oauth, allowlist-source-range',
      'haproxy-ingress/charts: publishService is off',
    ],
  },
  {
    product: 'Kong',
    controller: 'ingress-controllers.konghq.com/kong',
    classNames: ['kong'],
    serviceLabels: [
      { 'app.kubernetes.io/name': 'kong' },
      // The labels of the two parts of the chart "ingress": the controller, and the gateway. Callers use the Service of
      // the gateway.
      { 'app.kubernetes.io/name': 'gateway', 'app.kubernetes.io/component': 'app' },
    ],
    readsNginxAnnotations: false,
    accessAnnotations: kongAccess,
    ofRegexPath: 'takes a path for a regular expression only after /~',
    publishes: 'service',
    proxyProtocol:
      'in its environment, KONG_PROXY_LISTEN="0.0.0.0:8000 proxy_protocol, 0.0.0.0:8443 ssl proxy_protocol", KONG_REAL_IP_HEADER=proxy_protocol and the load balancer in KONG_TRUSTED_IPS',
    sources: [
      'https://developer.konghq.com/gateway/configuration: proxy_listen, real_ip_header, trusted_ips',
      'Kong/charts, charts/kong: templates/service-kong-proxy.yaml, kong.metaLabels and kong.selectorLabels',
      'https://developer.konghq.com/kubernetes-ingress-controller/reference/path-manipulation',
      'https://developer.konghq.com/kubernetes-ingress-controller/reference/annotations: konghq.com/plugins',
    ],
  },
  {
    product: 'GKE Ingress',
    controller: 'k8s.io/ingress-gce',
    alsoControllers: /^networking\.gke\.io\/ingress-/,
    classNames: ['gce', 'gce-internal', 'gce-regional-external'],
    serviceLabels: [],
    readsNginxAnnotations: false,
    accessAnnotations: gkeAccess,
    ofRegexPath: 'takes * at the end of a path for its only pattern',
    ofClassField: 'it takes no spec.ingressClassName, only the annotation kubernetes.io/ingress.class: gce',
    publishes: 'itself',
    sources: [
      'kubernetes/ingress-gce, pkg/utils/utils.go: IsGCEIngress',
      'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/ingress',
      'https://cloud.google.com/kubernetes-engine/docs/how-to/ingress-configuration: BackendConfig, IAP',
    ],
  },
  {
    product: 'AWS Load Balancer Controller',
    controller: 'ingress.k8s.aws/alb',
    alsoControllers: /^eks\.amazonaws\.com\/alb$/,
    classNames: ['alb'],
    serviceLabels: [],
    readsNginxAnnotations: false,
    accessAnnotations: albAccess,
    ofRegexPath: 'refuses a path with ( | ) $ in it',
    publishes: 'itself',
    healthPathAnnotation: 'alb.ingress.kubernetes.io/healthcheck-path',
    clusterIpAnnotations: { 'alb.ingress.kubernetes.io/target-type': 'ip' },
    sources: [
      'https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/: target-type, healthcheck-path, auth-type, inbound-cidrs',
      'https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/3793',
      'https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/4459',
    ],
  },
  {
    product: 'Contour',
    controller: 'projectcontour.io/ingress-controller',
    alsoControllers: /^projectcontour\.io\//,
    classNames: ['contour'],
    serviceLabels: [{ 'app.kubernetes.io/name': 'contour', 'app.kubernetes.io/component': 'envoy' }],
    readsNginxAnnotations: false,
    accessAnnotations: [],
    ofRegexPath: 'takes the path for a regular expression, but the app sees the whole of it',
    publishes: 'service',
    sources: ['projectcontour/contour, site/content/docs/main/config/ingress.md'],
  },
  {
    product: 'Istio',
    controller: 'istio.io/ingress-controller',
    classNames: ['istio'],
    serviceLabels: [],
    readsNginxAnnotations: false,
    accessAnnotations: [],
    ofRegexPath: literal,
    publishes: 'service',
    sources: ['https://istio.io/latest/docs/tasks/traffic-management/ingress/kubernetes-ingress/'],
  },
  {
    product: 'Cilium',
    controller: 'cilium.io/ingress-controller',
    classNames: ['cilium'],
    serviceLabels: [],
    readsNginxAnnotations: false,
    accessAnnotations: [],
    ofRegexPath: 'takes the path for a regular expression, but the app sees the whole of it',
    publishes: 'service',
    sources: ['https://docs.cilium.io/en/stable/network/servicemesh/ingress/'],
  },
  {
    product: 'the Tailscale operator',
    controller: 'tailscale.com/ts-ingress',
    classNames: ['tailscale'],
    servesTailnet: true,
    serviceLabels: [],
    readsNginxAnnotations: false,
    accessAnnotations: [],
    ofRegexPath: 'takes paths of the type Prefix only',
    publishes: 'itself',
    sources: ['tailscale/tailscale, cmd/k8s-operator/ingress.go'],
  },
];
