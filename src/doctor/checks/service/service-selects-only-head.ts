import { command, cure, part } from '../../../errors/cure.ts';
import { isReady } from '../../../exposure/pod-trouble.ts';
import { clusterNameLabel } from '../../../skypilot/names.ts';
import { headPodOf, isHead } from '../../../skypilot/sky-cluster.ts';
import { selects } from '../../../snapshot/selector.ts';
import { counted } from '../../../snapshot/text.ts';
import { clusterKey } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf, podReference, serviceReference } from '../../finding.ts';
import { displayOf, exposeCommand } from '../../format.ts';
import { exposingServices } from '../../subjects/exposing-services.ts';

export const serviceSelectsOnlyHead = defineCheck({
  id: 'service-selects-only-head',
  group: 'service',
  onPath: true,
  title: 'no Service sends traffic to workers unless asked to',
  severity: 'info',
  needs: ['pods', 'services'],
  after: ['api-server-answers', 'no-orphans', 'head-pod-exists', 'service-selects-head'],
  docs: () => ({
    means:
      "A Service selects the head and the workers of a cluster of several nodes, as SkyPilot's own always do. Services that this plugin created with `--all-nodes` are not reported. Workers that are not Ready do not count: no Service sends traffic to them.",
    matters:
      'SkyPilot starts `run` on every node, so the workers may listen too. If only the app on the head listens, one connection in N is answered, and the others are refused.',
    fix: 'If only the head listens, open the port with this plugin, which only selects the head.',
    commands: [cure(command`kubectl skyports expose NAME PORT`, 'opens PORT of the head')],
    sources: [
      'sky/templates/kubernetes-loadbalancer.yml.j2: selector skypilot-cluster-name, a label of all nodes',
      'sky/provision/kubernetes/instance.py: _create_pods',
      'Not settled by a source: how often only the head listens',
    ],
  }),
  find: (scene) =>
    exposingServices(scene).flatMap(({ service, skyCluster, owner, ports }) => {
      const selector = service.spec?.selector;
      const head = headPodOf(skyCluster);
      if (!head || !selects(selector, head.metadata?.labels)) return [];
      if (owner === 'kubectl-skyports' && selector?.[clusterNameLabel] === skyCluster.nameOnCloud) return [];
      const workers = skyCluster.pods.filter(
        (pod) => !isHead(pod) && isReady(pod) && selects(selector, pod.metadata?.labels),
      );
      if (workers.length === 0) return [];
      return [
        {
          about: [clusterKey(skyCluster)],
          objects: [serviceReference(service), ...workers.map(podReference)],
          evidence: [fieldOf(serviceReference(service), 'spec.selector', selector)],
          service,
          skyCluster,
          workers: workers.length,
          ports,
        },
      ];
    }),
  say: ({ service, skyCluster, workers }) =>
    `Service ${service.metadata?.name} sends connections to the head and ${counted(workers, 'worker')} of ${displayOf(skyCluster)}; if only the head listens, one connection in ${workers + 1} is answered`,
  cures: ({ skyCluster, ports, service }) => [
    cure(
      exposeCommand(skyCluster, ports, undefined, part`--beside-skypilot`),
      `only if the workers do not listen: opens the head alone, beside Service ${service.metadata?.name}`,
    ),
  ],
});
