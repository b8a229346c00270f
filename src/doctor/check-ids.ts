/** Every check by the link of a packet's path that it judges, in the order of the path. */
export const checkIdsByLink = {
  context: [
    'api-server-answers',
    'permissions',
    'sky-config-port-mode',
    'sky-config-matches-objects',
    'kind-context-forces-ingress',
  ],
  leftovers: ['no-orphans'],
  pods: ['head-pod-exists', 'head-pod-running', 'head-pod-ready', 'podip-reachable'],
  service: [
    'service-not-terminating',
    'service-selects-head',
    'service-selects-only-head',
    'service-port-known',
    'endpoint-slices-ready',
    'head-port-listens',
  ],
  'load-balancer': [
    'load-balancer-implementation',
    'load-balancer-class-owned',
    'load-balancer-address',
    'load-balancer-announced',
    'load-balancer-scheme',
    'load-balancer-health-check',
  ],
  ingress: [
    'ingress-class-exists',
    'ingress-class-owned',
    'ingress-backend-exists',
    'ingress-path-current',
    'ingress-accepted',
    'ingress-regex-neighbours',
    'ingress-host-conflict',
  ],
  controller: [
    'ingress-controller-running',
    'ingress-controller-service',
    'ingress-controller-ports',
    'ingress-external-ip',
    'external-ip-annotation-valid',
    'external-ip-annotation-effective',
    'ingress-nginx-admission',
    'ingress-nginx-version',
    'ingress-nginx-retired',
  ],
  skypilot: ['sky-can-add-ports'],
  address: ['address-valid', 'sky-prints-usable', 'address-scope'],
  network: ['network-policy-allows', 'dns-resolves', 'tcp-connects', 'tls-certificate', 'http-answers'],
} as const;

/** A link of the path from the user to the app. */
export type Link = keyof typeof checkIdsByLink;

/** The name of a check: the value of `--only` and `--skip`, the anchor in docs/checks.md, the name of its file. */
export type CheckId = (typeof checkIdsByLink)[Link][number];

export const links = Object.keys(checkIdsByLink) as readonly Link[];
export const checkIds: readonly CheckId[] = Object.values(checkIdsByLink).flat();
