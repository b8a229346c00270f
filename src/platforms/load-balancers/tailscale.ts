import type { Pod } from 'kubernetes-types/core/v1';
import { command, cure, part } from '../../errors/cure.ts';
import { collectionPath } from '../../snapshot/resource-paths.ts';
import type { TopicRequest } from '../../snapshot/snapshot.ts';
import { explanations, type LoadBalancer, matcher } from '../platform.ts';

const services = 'https://github.com/tailscale/tailscale/blob/main/cmd/k8s-operator/svc.go';
const proxyGroups = 'https://github.com/tailscale/tailscale/blob/main/cmd/k8s-operator/svc-for-pg.go';
const labels = 'https://github.com/tailscale/tailscale/blob/main/cmd/k8s-operator/sts.go';

const operatorLog = cure(command`kubectl logs -n tailscale deployment/operator`, "shows the operator's log");

/** The Kubernetes operator of Tailscale. It creates a proxy Pod for each Service, with an address in the tailnet. */
export const tailscale: LoadBalancer = {
  id: 'tailscale',
  title: 'Tailscale operator',
  matchers: [
    matcher('finalizer', /^tailscale\.com\//),
    matcher('loadBalancerClass', /^tailscale$/),
    matcher('condition', /^Tailscale(?:Proxy|IngressSvc)/),
    matcher('apiGroup', /^tailscale\.com$/),
  ],
  classes: ['tailscale'],
  needsClass: true,
  speaksAs: /^tailscale-operator$/,
  defaultScheme: 'tailnet',
  internal: null,
  public: null,
  alternative: 'its addresses are those of your tailnet: the policy of the tailnet says who can call them',
  healthCheck: { scope: 'none' },
  limits: [],
  eventExplanations: explanations(() => [
    {
      reason: /^ProxyPending$/,
      message: /waiting for proxy pod to finish auth/,
      cause: 'its proxy Pod has not logged in to the tailnet',
      advice:
        "the OAuth client of the operator must be allowed to create auth keys with the proxy's tag (tag:k8s unless it is changed), and the operator's tag must own that tag in the policy of the tailnet",
      look: cure(
        command`kubectl logs -n tailscale -l tailscale.com/parent-resource-type=svc --tail=20 --prefix`,
        'shows why the proxies do not log in',
      ),
      source: services,
    },
    {
      reason: /^ProxyPending$/,
      message: /ProxyClass .* is not \(yet\) Ready/,
      cause: 'the ProxyClass that it names is not Ready',
      advice: '',
      look: cure(command`kubectl describe proxyclasses`, 'shows what the operator says of each ProxyClass'),
      source: services,
    },
    {
      reason: /^(?:ProxyInvalid|INVALIDCONFIG)$/,
      message: /invalid config/,
      cause: 'the configuration of the operator itself is not valid',
      advice: 'correct the tags or the ProxyClass in the settings of the operator',
      look: operatorLog,
      source: services,
    },
    {
      reason: /^(?:ProxyInvalid|INVALIDSERVICE)$/,
      message: /invalid Tailscale hostname/,
      cause: 'its name cannot be that of a machine of the tailnet, which has up to 63 letters, digits and dashes',
      advice: 'NAME is another name',
      flags: part`--annotation tailscale.com/hostname=NAME`,
      source: services,
    },
    {
      reason: /^(?:ProxyInvalid|INVALIDSERVICE)$/,
      cause: 'Tailscale refuses the Service as it is',
      advice: 'KEY is the annotation tailscale.com/… that the message names; --annotation KEY- removes it',
      flags: part`--annotation KEY=VALUE`,
      source: services,
    },
    {
      reason: /^ProxyFailed$/,
      cause: "Tailscale's operator could not make its proxy",
      advice: '',
      look: operatorLog,
      source: services,
    },
    {
      reason: /^(?:ProxyGroupNotFound|IngressSvcInvalid|InvalidTailscaleService)$/,
      cause: 'the ProxyGroup that it names does not exist, or does not take the Service',
      advice: 'GROUP is a ProxyGroup of type ingress',
      flags: part`--annotation tailscale.com/proxy-group=GROUP`,
      look: cure(command`kubectl get proxygroups`, 'shows the ProxyGroups'),
      source: proxyGroups,
    },
  ]),
  failureConditions: {
    TailscaleProxyReady: 'False',
    TailscaleIngressSvcValid: 'False',
    TailscaleIngressSvcConfigured: 'False',
  },
  sources: [services, labels],
  unverified: ['whether the policy of your tailnet lets you call it'],
  tried: 'read',
};

/** Requests the operator's proxy Pods, in all namespaces. Each proxy Pod serves a Service or an Ingress. */
export const tailscalePodsRequest: TopicRequest = {
  path: collectionPath('Pod', null),
  labelSelector: 'tailscale.com/parent-resource',
};

/** `namespace/name` of the Service that a proxy Pod serves; undefined for any other Pod (cmd/k8s-operator/sts.go). */
export function servedByTailscalePod({ metadata }: Pod): string | undefined {
  const {
    'tailscale.com/parent-resource': name,
    'tailscale.com/parent-resource-ns': namespace,
    'tailscale.com/parent-resource-type': type,
  } = metadata?.labels ?? {};
  return name !== undefined && type === 'svc' ? `${namespace}/${name}` : undefined;
}
