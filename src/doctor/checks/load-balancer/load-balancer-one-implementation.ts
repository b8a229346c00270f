import { type Cure, command, cure, part } from '../../../errors/cure.ts';
import { unexposeCommand } from '../../../exposure/plan/unexpose-command.ts';
import { type Taker, takersOf } from '../../../platforms/rival-implementations.ts';
import { keyOf } from '../../../snapshot/object-reference.ts';
import { listed } from '../../../snapshot/text.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf, serviceReference } from '../../finding.ts';
import { exposeCommand } from '../../format.ts';
import { type BalancedService, balancedServices, balancedTopics } from '../../subjects/balanced-services.ts';

export const loadBalancerOneImplementation = defineCheck({
  id: 'load-balancer-one-implementation',
  group: 'load-balancer',
  onPath: true,
  breaksCalls: true,
  title: 'only one implementation handles each load balancer',
  severity: 'error',
  needs: ['services'],
  wants: balancedTopics,
  after: ['api-server-answers'],
  docs: () => ({
    means:
      "Two load balancer implementations handle the same Service. Each of them left a mark on it: MetalLB's pool annotation, `kube-vip.io/vipHost`, Cilium's condition, a finalizer, or a Pod of ServiceLB. It is a warning if a call of the address is answered.",
    matters:
      'Each of them writes its own address into the status, again and again. The URL changes, and one of the addresses may not work. K3s runs ServiceLB unless it is turned off, so ServiceLB handles every Service that MetalLB handles.',
    fix: 'Make one of them ignore the Service: turn it off, or give it its own class.',
    sources: [
      'https://github.com/k3s-io/k3s/issues/2323, https://github.com/k3s-io/k3s/issues/269',
      'https://metallb.io/installation/: setting the LoadBalancer class',
      'KEP-1959: Service spec.loadBalancerClass',
    ],
  }),
  notApplicable: (scene) =>
    balancedServices(scene).length === 0 ? 'no load balancer of the checked ports has an address' : undefined,
  find: (scene) =>
    balancedServices(scene).flatMap((balanced) => {
      const takers = takersOf(balanced.service, scene.view.snapshot);
      if (takers.length < 2) return [];
      const reference = serviceReference(balanced.service);
      const status = fieldOf(reference, 'status.loadBalancer.ingress', balanced.service.status?.loadBalancer?.ingress);
      return [{ balanced, takers, about: balanced.about, objects: [reference], evidence: [status] }];
    }),
  severityOf: ({ balanced: { call } }) => (call === 'answers' ? 'warning' : 'error'),
  say: ({ balanced, takers }) =>
    `${listed(takers.map(({ loadBalancer, evidence }) => `${loadBalancer.title} (${evidence})`))} handle Service ${keyOf(balanced.service)}, and each writes its own address into it`,
  cures: ({ balanced, takers }) => [
    ...takers.flatMap((taker) => leaving(taker, balanced)),
    ...classCures(takers, balanced),
    ...takers.flatMap(({ loadBalancer: { yields } }) => yields ?? []),
    ...lastResort(balanced),
  ],
});

/**
 * A cure with the annotation that makes kube-vip ignore a Service. For SkyPilot's own Service there is no such cure,
 * because SkyPilot creates this Service again without the annotation.
 */
function leaving({ loadBalancer }: Taker, { service, owner }: BalancedService): Cure[] {
  if (loadBalancer.id !== 'kube-vip' || owner === 'skypilot') return [];
  const { name = '', namespace = '' } = service.metadata ?? {};
  return [
    cure(
      command`kubectl annotate service ${name} -n ${namespace} kube-vip.io/ignore=true`,
      'makes kube-vip ignore this Service',
    ),
  ];
}

/**
 * Cures that create the Service again with a class. The class of an existing Service cannot be changed. The other
 * implementations ignore a Service with this class.
 */
function classCures(takers: readonly Taker[], { owner, exposing }: BalancedService): Cure[] {
  const chosen = takers.find(({ loadBalancer }) => loadBalancer.classes.length > 0)?.loadBalancer;
  if (!chosen || !exposing || owner !== 'kubectl-skyports') return [];
  const { skyCluster, ports } = exposing;
  const flags = part`--load-balancer-class ${chosen.classes[0]!}`;
  return [
    cure(
      unexposeCommand(skyCluster, 'loadbalancer'),
      'first: deletes the Service, because its class cannot be changed',
    ),
    cure(exposeCommand(skyCluster, ports, 'loadbalancer', flags), `then: creates it again, only for ${chosen.title}`),
  ];
}

function lastResort({ exposing }: BalancedService): Cure[] {
  if (!exposing) return [];
  return [cure(exposeCommand(exposing.skyCluster, exposing.ports, 'nodeport'), 'opens another way in until then')];
}
