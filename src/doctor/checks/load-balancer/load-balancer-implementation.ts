import { type Command, type CommandPart, command, cure, part } from '../../../errors/cure.ts';
import { samePorts } from '../../../exposure/port-mapping.ts';
import { loadbalancer } from '../../../modes/loadbalancer/mode.ts';
import { curesOf, nothingGivesAddresses } from '../../../platforms/missing-implementation.ts';
import { operandOf } from '../../../skypilot/operand.ts';
import { type CheckContext, clusterKey } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { allClusters, fieldOf, serviceReference } from '../../finding.ts';
import { exposeCommand } from '../../format.ts';
import {
  exposingServices,
  isHandled,
  isYoung,
  type PendingLoadBalancer,
  pendingLoadBalancers,
  platformTopics,
} from '../../subjects/exposing-services.ts';

export const loadBalancerImplementation = defineCheck({
  id: 'load-balancer-implementation',
  group: 'load-balancer',
  onPath: true,
  breaksCalls: true,
  title: 'something gives addresses to Services of type LoadBalancer',
  severity: 'error',
  needs: ['services'],
  wants: ['pods', 'events', ...platformTopics],
  after: ['api-server-answers'],
  docs: () => ({
    means:
      'A load balancer waits for its address, or you use `--mode loadbalancer`, and nothing seems to give addresses to Services. No cloud and no load balancer was detected (by its API group, its Pods, or its annotations and finalizers on Services), and no Service has an address. On minikube, only the tunnel gives addresses. It is an error if a load balancer has waited for five minutes. Before that, or if no load balancer waits yet, it is a warning, because cloud-provider-kind leaves no sign in the cluster. The check needs to see nodes, API groups and Pods of all namespaces.',
    matters: 'The Service stays `<pending>`, and SkyPilot prints no endpoint.',
    fix: 'The finding has the commands that install what the platform offers: MetalLB on machines of your own (bare metal), cloud-provider-kind on kind, the tunnel on minikube. Other modes do not need a load balancer.',
    commands: [
      cure(command`kubectl skyports doctor --mode loadbalancer`, 'prints the commands for this Kubernetes cluster'),
      cure(command`kubectl skyports expose NAME PORT --mode nodeport`, 'opens PORT without a load balancer'),
    ],
    sources: ['src/platforms, with the sources of each platform', 'Kubernetes: Service type LoadBalancer'],
  }),
  notApplicable(scene) {
    const { mode } = scene.subject;
    if (mode)
      return mode === loadbalancer.name ? undefined : `${mode} mode needs no load balancer of the cluster's own`;
    return pendingLoadBalancers(scene).length === 0 ? 'no load balancer waits for an address' : undefined;
  },
  find(scene) {
    const absence = nothingGivesAddresses(scene.view.snapshot);
    if (!absence) return [];
    const { events } = scene.perhaps;
    const pending = pendingLoadBalancers(scene);
    // Services that a controller handles are left out, because other checks report them. A young Service counts only if
    // the platform is known to cause the missing address, or if the user asks about the mode. A Service with a class is
    // left out: it waits for the controller of this class, even if other implementations exist.
    const unhandled = pending.filter(({ service }) => !service.spec?.loadBalancerClass && !isHandled(service, events));
    const old = unhandled.filter((each) => !isYoung(each));
    const youngCounts = absence.isOfPlatform || scene.subject.mode !== undefined;
    const waiting = old.length > 0 || !youngCounts ? old : unhandled;
    if (waiting.length === 0 && (pending.length > 0 || !scene.subject.mode)) return [];
    const context = { kind: 'Context', namespace: '', name: scene.context };
    const [first] = waiting;
    return [
      {
        about: first ? waiting.map(({ skyCluster }) => clusterKey(skyCluster)) : allClusters,
        objects: first ? waiting.map(({ service }) => serviceReference(service)) : [context],
        evidence:
          waiting.length > 0
            ? waiting.map(({ service }) =>
                fieldOf(
                  serviceReference(service),
                  'status.loadBalancer.ingress',
                  service.status?.loadBalancer?.ingress,
                ),
              )
            : [fieldOf(context, 'loadBalancers', [])],
        absence,
        expose: first && exposeCommand(first.skyCluster, first.ports, 'nodeport'),
        withClass: absence.flags && exposeWith(absence.flags, scene, first),
        isOld: old.length > 0,
      },
    ];
  },
  severityOf: ({ isOld }) => (isOld ? 'error' : 'warning'),
  say: ({ absence }) => absence.cause,
  cures: ({ absence, expose, withClass }) => [
    ...(withClass === undefined ? [] : [cure(withClass, 'creates a Service of that class')]),
    ...curesOf(absence),
    ...(expose === undefined ? [] : [cure(expose, 'opens another way in')]),
  ],
});

/**
 * The `expose` command with more flags. It opens the ports that wait for an address. If no port waits, it opens the
 * ports that the user named. SkyPilot's own Service stays.
 */
function exposeWith(
  flags: CommandPart,
  scene: Pick<CheckContext, 'view' | 'subject' | 'namespace'>,
  waiting: PendingLoadBalancer | undefined,
): Command | null {
  const { skyCluster, ports } = scene.subject;
  if (waiting) {
    const beside = waiting.owner === 'skypilot' && part`--beside-skypilot`;
    return exposeCommand(waiting.skyCluster, waiting.ports, loadbalancer.name, part`${flags} ${beside}`);
  }
  // If a Service with a class has already opened the ports, the command contains the placeholder PORT.
  const isOpen = exposingServices(scene).some(({ service }) => service.spec?.loadBalancerClass !== undefined);
  if (skyCluster && ports && !isOpen) return exposeCommand(skyCluster, samePorts(ports), loadbalancer.name, flags);
  const what = skyCluster ? part`${operandOf(skyCluster)} PORT -n ${skyCluster.namespace}` : part`NAME PORT`;
  return command`kubectl skyports expose ${what} --mode ${loadbalancer.name} ${flags}`;
}
