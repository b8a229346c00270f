import { advice, type Cure, cure } from '../../../errors/cure.ts';
import { unexposeCommand } from '../../../exposure/plan/unexpose-command.ts';
import type { PortMapping } from '../../../exposure/port-mapping.ts';
import {
  classOwner,
  curesOf,
  nobodyServesClass,
  type PendingReason,
} from '../../../platforms/missing-implementation.ts';
import type { SkyCluster } from '../../../skypilot/sky-cluster.ts';
import { clusterKey } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf, serviceReference } from '../../finding.ts';
import { exposeCommand } from '../../format.ts';
import {
  isHandled,
  isYoung,
  type PendingLoadBalancer,
  pendingLoadBalancers,
  platformTopics,
} from '../../subjects/exposing-services.ts';
import { looksForController, podsOfController } from '../../subjects/handler.ts';

export const loadBalancerClassOwned = defineCheck({
  id: 'load-balancer-class-owned',
  group: 'load-balancer',
  onPath: true,
  breaksCalls: true,
  title: 'something serves the loadBalancerClass of every waiting load balancer',
  severity: 'error',
  needs: ['services'],
  wants: ['pods', 'events', ...platformTopics],
  after: ['api-server-answers', 'load-balancer-implementation'],
  docs: () => ({
    means:
      'A load balancer without an address has a `loadBalancerClass` that none of the detected load balancers is known to serve. No event, condition or finalizer shows that something else serves it. It is a warning while the Service is younger than five minutes.',
    matters:
      'A load balancer controller ignores Services with another class, so the Service gets no address and no event.',
    fix: 'Create the Service again without the class, or install a controller that serves the class.',
    sources: [
      'core/v1 Service, spec.loadBalancerClass: immutable once set',
      'kubectl skyports help platforms NAME: the class of each',
    ],
  }),
  notApplicable: (scene) =>
    pendingLoadBalancers(scene).some(({ service }) => service.spec?.loadBalancerClass)
      ? undefined
      : 'no load balancer of a class waits for an address',
  find: (scene) =>
    pendingLoadBalancers(scene).flatMap((pending) => {
      const { service, skyCluster, ports, owner } = pending;
      const loadBalancerClass = service.spec?.loadBalancerClass;
      const absence = loadBalancerClass && nobodyServesClass(loadBalancerClass, scene.view.snapshot);
      if (!absence || isHandled(service, scene.perhaps.events)) return [];
      // If a Pod of the controller exists, the class is served. Other checks report faults of the controller.
      if (podsOfController(loadBalancerClass, scene.view.snapshot.topics).length > 0) return [];
      const reference = serviceReference(service);
      return [
        {
          about: [clusterKey(skyCluster)],
          objects: [reference],
          evidence: [fieldOf(reference, 'spec.loadBalancerClass', loadBalancerClass)],
          service,
          loadBalancerClass,
          absence,
          cures: [
            ...(owner === 'kubectl-skyports' ? again(pending, absence) : elsewhere(skyCluster, ports, absence)),
            ...looksForController(loadBalancerClass, scene.view.snapshot.topics),
          ],
          isYoung: isYoung(pending),
        },
      ];
    }),
  severityOf: (finding) => (finding.isYoung ? 'warning' : 'error'),
  say({ service, loadBalancerClass, absence }) {
    const owner = classOwner(loadBalancerClass);
    const whose = owner ? `which is that of ${owner.title}` : 'which this plugin does not know';
    return `Service ${service.metadata?.name} has loadBalancerClass ${loadBalancerClass}, ${whose}, and ${absence.cause}`;
  },
  cures: ({ cures }) => cures,
});

/** Cures that create the Service again, because the class of an existing Service cannot be changed. */
function again({ skyCluster, ports }: PendingLoadBalancer, absence: PendingReason): readonly Cure[] {
  return [
    cure(
      unexposeCommand(skyCluster, 'loadbalancer'),
      'first: deletes the Service, because its class cannot be changed',
    ),
    cure(exposeCommand(skyCluster, ports, 'loadbalancer'), 'then: creates it again without the class'),
    ...curesOf(absence),
  ];
}

function elsewhere(skyCluster: SkyCluster, ports: readonly PortMapping[], absence: PendingReason): readonly Cure[] {
  return [
    cure(exposeCommand(skyCluster, ports, 'nodeport'), 'opens another way in'),
    advice('create the Service again without the class, because Kubernetes does not let you change it'),
    ...curesOf(absence),
  ];
}
