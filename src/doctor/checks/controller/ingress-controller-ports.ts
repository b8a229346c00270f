import type { Service } from 'kubernetes-types/core/v1';
import { type Cure, command, cure } from '../../../errors/cure.ts';
import { keyOf } from '../../../snapshot/object-reference.ts';
import { listed } from '../../../snapshot/text.ts';
import { defineCheck, type ToldFinding, toldFindings } from '../../define-check.ts';
import { fieldOf, serviceReference } from '../../finding.ts';
import { notInIngressMode, servedUnseen } from '../../subjects/ingress-mode.ts';
import {
  asksSkyPilot,
  controllerTopics,
  judgedControllers,
  serviceAskedBySkyPilot,
  skyPilotsServiceTopics,
} from '../../subjects/judged-controllers.ts';

const wanted = [
  { name: 'http', port: 80 },
  { name: 'https', port: 443 },
] as const;

export const ingressControllerPorts = defineCheck({
  id: 'ingress-controller-ports',
  group: 'controller',
  onPath: true,
  title: "the controller's Service has nodePorts http and https",
  severity: 'error',
  needs: ['services'],
  wants: controllerTopics,
  after: ['api-server-answers', 'ingress-class-exists', 'ingress-class-owned', 'ingress-controller-service'],
  docs: () => ({
    means:
      "The controller's Service has no load-balancer address. In addition, it lacks a port named `http` or `https`, or one of them has no nodePort: the Service is of type ClusterIP, or has `allocateLoadBalancerNodePorts: false`.",
    matters:
      'Without a load-balancer address, SkyPilot reads the nodePorts of exactly these two ports, even if it only prints `http`. If one is missing, it raises IndexError or TypeError, which ends `sky status --endpoints` or the launch. With a load-balancer address, it reads neither.',
    fix: 'Give the Service the type NodePort, and its ports the names `http` and `https`.',
    sources: [
      'sky/provision/kubernetes/network_utils.py, get_ingress_external_ip_and_ports: [0] of a list, int(None)',
      'core/v1 Service, spec.ports[].nodePort and spec.allocateLoadBalancerNodePorts',
    ],
  }),
  notApplicable(scene) {
    const other = notInIngressMode(scene) ?? servedUnseen(scene, skyPilotsServiceTopics(scene));
    if (other !== undefined) return other;
    if (!asksSkyPilot(scene)) return 'SkyPilot opened none of these ports, so it prints none of them';
    const service = serviceAskedBySkyPilot(scene);
    const isSeen = skyPilotsServiceTopics(scene).every((topic) => scene.view.snapshot.topics[topic].observed);
    if (!service) return isSeen ? 'there is no Service that SkyPilot would read' : undefined;
    return service.status?.loadBalancer?.ingress ? 'its load-balancer address needs no nodePorts' : undefined;
  },
  needsHere: (scene) => ['ingresses', ...skyPilotsServiceTopics(scene)],
  find: (scene) =>
    judgedControllers(scene)
      .filter(({ isAskedBySkyPilot }) => isAskedBySkyPilot)
      .flatMap(({ service, about }): ToldFinding[] => {
        const ports = service.spec?.ports ?? [];
        const named = wanted.map(({ name }) => ports.find((port) => port.name === name));
        const missing = wanted.filter((_, i) => !named[i]).map(({ name }) => name);
        const bare = named.flatMap((port) => (port && !port.nodePort ? [port.name ?? ''] : []));
        if (missing.length === 0 && bare.length === 0) return [];
        const reference = serviceReference(service);
        const { type = 'ClusterIP', allocateLoadBalancerNodePorts } = service.spec ?? {};
        const why = type === 'LoadBalancer' ? ` (allocateLoadBalancerNodePorts: ${allocateLoadBalancerNodePorts})` : '';
        const fact =
          missing.length > 0
            ? `Service ${keyOf(service)} has no port named ${listed(missing)}, so SkyPilot raises IndexError`
            : `${listed(bare)} of Service ${keyOf(service)}, of type ${type}${why}, ${bare.length === 1 ? 'has' : 'have'} no nodePort, so SkyPilot raises TypeError`;
        return [
          {
            about,
            objects: [reference],
            evidence: [
              fieldOf(reference, 'spec.type', type),
              fieldOf(
                reference,
                'spec.ports',
                ports.map(({ name, port, nodePort }) => ({ name: name ?? null, port, nodePort: nodePort ?? null })),
              ),
            ],
            fact,
            cures: [missing.length > 0 ? namingCure(service) : allocatingCure(service)],
          },
        ];
      }),
  ...toldFindings,
});

const patch = ({ metadata }: Service, spec: object) =>
  command`kubectl patch service ${metadata?.name} -n ${metadata?.namespace} -p ${JSON.stringify({ spec })}`;

/**
 * A patch that names the ports of a Service. A strategic merge patch identifies each port by its number, so it can add
 * names to existing ports.
 */
function namingCure(service: Service): Cure {
  const ports = service.spec?.ports ?? [];
  if (wanted.every(({ port }) => ports.some((each) => each.port === port))) {
    return cure(patch(service, { ports: wanted }), 'names the ports 80 and 443');
  }
  return cure(
    command`kubectl edit service ${service.metadata?.name} -n ${service.metadata?.namespace}`,
    'opens it in an editor: one port has to be named http and one https, since SkyPilot reads both',
  );
}

function allocatingCure(service: Service): Cure {
  return service.spec?.type === 'LoadBalancer'
    ? cure(patch(service, { allocateLoadBalancerNodePorts: true }), 'allocates nodePorts')
    : cure(patch(service, { type: 'NodePort' }), 'allocates nodePorts');
}
