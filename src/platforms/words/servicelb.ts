import { command, cure, part } from '../../errors/cure.ts';
import { explanations } from '../platform.ts';

// Messages that ServiceLB writes about a Service, and messages that Kubernetes writes about the DaemonSet of the
// Service. Kubernetes' service controller calls ServiceLB to create a load balancer, and ServiceLB then creates this
// DaemonSet. So the errors of ServiceLB are about the DaemonSet.
const source = 'https://github.com/k3s-io/k3s/blob/main/pkg/cloudprovider/servicelb.go';

const failed = /^(?:SyncLoadBalancerFailed|UpdateLoadBalancerFailed|FailedCreate)$/;
const privileged = JSON.stringify({ metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } });
const pods = cure(
  command`kubectl get pods -A -o wide -l svccontroller.k3s.cattle.io/svcname`,
  'shows the Pods of ServiceLB',
);

export const servicelbWords = explanations(() => [
  {
    reason: failed,
    message: /svclb-.*must be no more than 63 characters/s,
    cause:
      'the name of the Service is too long for ServiceLB of this K3s, which puts svclb- and a number around it: 48 characters are the most, and 35 for the name of the SkyPilot cluster with its hash',
    advice:
      'launch the SkyPilot cluster under a shorter name, or update K3s: releases since August 2024 (1.28.13, 1.29.8, 1.30.4) shorten the name themselves',
    source: 'https://github.com/k3s-io/k3s/pull/10552',
  },
  {
    reason: failed,
    message: /violates PodSecurity/,
    cause: 'Pod Security forbids the Pods of ServiceLB: they need ports of the node',
    advice: '',
    look: cure(
      command`kubectl patch namespace kube-system --type=merge -p ${privileged}`,
      'allows them; the namespace is the one that the message names',
    ),
    stopsTraffic: true,
    source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
  },
  {
    reason: failed,
    message: /exceeded quota|admission webhook .* denied|forbidden/,
    cause: 'the API server refuses the DaemonSet or the Pods of ServiceLB',
    advice: 'a quota or a policy of the namespace is in the way, which an administrator can change',
    look: cure(
      command`kubectl describe resourcequotas -n kube-system`,
      'shows its quotas; the namespace is the one that the message names',
    ),
    stopsTraffic: true,
    source,
  },
  {
    reason: failed,
    message: /failed to create .*svclb-|DaemonSet/,
    cause: 'ServiceLB could not make its DaemonSet for the Service, for the reason in the message',
    advice: '',
    look: cure(command`journalctl -u k3s --since=-1h`, 'on a server of K3s: shows what else it says'),
    source,
  },
  {
    reason: failed,
    message: /invalid .*[Ss]ource ?[Rr]anges|loadBalancerSourceRanges/,
    cause: 'a source range of it is not valid',
    advice: 'CIDR is a network such as 203.0.113.0/24',
    flags: part`--source-range CIDR`,
    source,
  },
  {
    reason: /^UnAvailableLoadBalancer$/,
    cause:
      'none of its Pods of ServiceLB is ready, or with externalTrafficPolicy Local no node has a ready Pod of the app',
    advice: 'the Pods named svclb-… and the Pod of the app have to be ready',
    look: pods,
    source,
  },
  {
    reason: /^FailedScheduling$/,
    message: /free ports/,
    cause: 'another Service has its port on the nodes: ServiceLB gives each port of a node to one Service',
    advice: '',
    look: pods,
    source,
  },
]);
