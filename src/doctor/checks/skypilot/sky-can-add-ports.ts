import { command, cure } from '../../../errors/cure.ts';
import { loadbalancer } from '../../../modes/loadbalancer/mode.ts';
import { controllerKindOf } from '../../../skypilot/controllers.ts';
import { operandOf } from '../../../skypilot/operand.ts';
import { clusterKey } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf, serviceReference } from '../../finding.ts';
import { exposingServices } from '../../subjects/exposing-services.ts';

export const skyCanAddPorts = defineCheck({
  id: 'sky-can-add-ports',
  group: 'skypilot',
  onPath: false,
  title: 'SkyPilot can add ports to its load balancers',
  severity: 'info',
  needs: ['services'],
  wants: ['pods'],
  after: ['api-server-answers'],
  docs: () => ({
    means:
      "SkyPilot's load-balancer Service has a `loadBalancerClass`, which SkyPilot does not write. A webhook set it when the Service was created, as the webhook of the AWS Load Balancer Controller does since 2.5.",
    matters:
      'When a launch adds a port, SkyPilot replaces the Service (PUT) without that field. The webhook only sets it at creation, so the API server answers 422 "may not change once set", and the launch aborts before the cluster is marked ready. Ports that are already open are not affected.',
    fix: 'Open more ports with this plugin, which creates its own Service, or name all ports at the first launch.',
    commands: [cure(command`kubectl skyports expose NAME PORT`, 'opens PORT')],
    sources: [
      'sky/provision/kubernetes/network_utils.py, create_or_replace_namespaced_service',
      'core/v1 Service, spec.loadBalancerClass: immutable once set',
      'https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/3617',
    ],
  }),
  notApplicable: ({ subject: { mode } }) => (mode && mode !== loadbalancer.name ? `mode ${mode} is judged` : undefined),
  find: (scene) =>
    exposingServices(scene)
      .filter(
        ({ service, owner, skyCluster }) =>
          // SkyPilot never adds ports to its own controllers.
          owner === 'skypilot' && !controllerKindOf(skyCluster) && service.spec?.loadBalancerClass !== undefined,
      )
      .map(({ service, skyCluster }) => ({
        about: [clusterKey(skyCluster)],
        objects: [serviceReference(service)],
        evidence: [fieldOf(serviceReference(service), 'spec.loadBalancerClass', service.spec?.loadBalancerClass)],
        service,
        skyCluster,
      })),
  say: ({ service }) =>
    `Service ${service.metadata?.namespace}/${service.metadata?.name} has loadBalancerClass ${service.spec?.loadBalancerClass}, which SkyPilot drops when it adds a port: the API server refuses that (422), and a launch with one more port aborts`,
  cures: ({ skyCluster }) => [
    cure(
      command`kubectl skyports expose ${operandOf(skyCluster)} PORT -n ${skyCluster.namespace}`,
      'opens one more PORT; those that are open are not affected',
    ),
  ],
});
