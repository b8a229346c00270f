import { type Cure, command, cure } from '../../../errors/cure.ts';
import { isOurs } from '../../../exposure/ownership.ts';
import { unexposeCommand } from '../../../exposure/plan/unexpose-command.ts';
import { endingOf } from '../../../exposure/pod-ending.ts';
import { nameOnCloudOf } from '../../../exposure/snapshot-index.ts';
import { clusterNameLabel } from '../../../skypilot/names.ts';
import { headPodOf, type SkyCluster } from '../../../skypilot/sky-cluster.ts';
import { referenceTo, type WithMetadata } from '../../../snapshot/object-reference.ts';
import { counted, listed } from '../../../snapshot/text.ts';
import { itemsOf } from '../../../snapshot/topics.ts';
import { type CheckContext, clusterKey, skyClustersOf } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf, podReference } from '../../finding.ts';
import { displayOf } from '../../format.ts';
import {
  neverCreatedCures,
  neverCreatedWords,
  saidOfNeverCreated,
  workloadNameOf,
} from '../../subjects/never-created.ts';
import { removalOf, restartCommand } from '../../subjects/pod-cures.ts';
import { conditionsSaid, type Said } from '../../subjects/said.ts';

export const headPodExists = defineCheck({
  id: 'head-pod-exists',
  group: 'pods',
  onPath: true,
  breaksCalls: true,
  title: 'every SkyPilot cluster has its head Pod',
  severity: 'error',
  needs: ['pods'],
  wants: ['services', 'ingresses', 'events', 'podEvents', 'deployments'],
  after: ['api-server-answers', 'no-orphans'],
  docs: () => ({
    means:
      'A SkyPilot cluster has Pods, but none of them is its head. Or it has no Pods, and only the Services and Ingresses for its ports are left. The latter is an error if you name the cluster, else a warning: the cluster may be forgotten rather than broken. If its Deployment could not create the Pod, for example because of a quota, the finding shows the event or the condition.',
    matters:
      "SkyPilot's app usually runs on the head, and `kubectl skyports expose` sends traffic only there. A load balancer costs money as long as its Service exists.",
    fix: 'Launch the cluster again, or remove what is left.',
    commands: [
      cure(command`sky launch -c NAME`, 'launches SkyPilot cluster NAME again'),
      cure(command`sky down NAME`, 'removes what is left of it'),
      cure(command`kubectl skyports unexpose NAME`, 'removes what this plugin created for it'),
    ],
    sources: [
      'sky/templates/kubernetes-ray.yml.j2: labels skypilot-head-node, ray-node-type',
      'skypilot-org/skypilot#10641: clean-up stops at the first missing Service',
    ],
  }),
  find(scene) {
    const leftovers = leftoversOf(scene);
    return skyClustersOf(scene)
      .filter((skyCluster) => !headPodOf(skyCluster))
      .map((skyCluster) => {
        const refused = saidOfRefusedHead(skyCluster, scene);
        const left = leftovers.get(clusterKey(skyCluster)) ?? [];
        const pods = skyCluster.pods.map(podReference);
        return {
          about: [clusterKey(skyCluster)],
          objects: pods.length > 0 ? pods : left.map(({ reference }) => reference),
          evidence: [
            ...refused.map(({ evidence }) => evidence),
            ...(skyCluster.pods.length > 0
              ? skyCluster.pods.map((pod) =>
                  fieldOf(podReference(pod), 'metadata.labels[ray-node-type]', pod.metadata?.labels?.['ray-node-type']),
                )
              : left.map(({ reference }) => fieldOf(reference, 'metadata.name', reference.name))),
          ],
          skyCluster,
          refused,
          left,
          named: scene.subject.skyCluster !== undefined,
          ending: endingOf(scene.view.snapshot, {
            namespace: skyCluster.namespace,
            name: `${skyCluster.nameOnCloud}-head`,
          }),
        };
      });
  },
  severityOf: ({ skyCluster, named, refused }) =>
    skyCluster.pods.length > 0 || named || refused.length > 0 ? 'error' : 'warning',
  say({ skyCluster, left, ending, refused }) {
    if (refused.length > 0) {
      const had = skyCluster.pods.length > 0 ? ' beside its other Pods' : '';
      return `the head Pod of ${displayOf(skyCluster)} could not be created${had}: ${neverCreatedWords(refused).join('; ')}`;
    }
    return skyCluster.pods.length > 0
      ? `${displayOf(skyCluster)} has ${counted(skyCluster.pods.length, 'Pod')} and no head among them${ending ? `: ${ending}` : ''}`
      : `${displayOf(skyCluster)} has no Pods any more; ${listed(left.map(({ reference: { kind, name } }) => `${kind} ${name}`))} still open${left.length === 1 ? 's' : ''} its ports${ending ? `; of the head: ${ending}` : ''}`;
  },
  cures: ({ skyCluster, left, named, refused }) =>
    refused.length > 0 ? neverCreatedCures(refused) : curesOf(skyCluster, left, named),
});

interface Leftover {
  readonly reference: ReturnType<typeof referenceTo>;
  readonly ours: boolean;
}

/**
 * The objects that open ports, by `clusterKey`. The name of each object contains the `nameOnCloud` of its SkyPilot
 * cluster.
 */
function leftoversOf({ perhaps }: CheckContext<'pods', 'services' | 'ingresses'>): Map<string, Leftover[]> {
  const found = new Map<string, Leftover[]>();
  const add = (kind: string, object: WithMetadata) => {
    const nameOnCloud = nameOnCloudOf(object);
    if (nameOnCloud === undefined) return;
    const key = clusterKey({ namespace: object.metadata?.namespace ?? '', nameOnCloud });
    const known = found.get(key) ?? [];
    found.set(key, [...known, { reference: referenceTo(kind, object), ours: isOurs(object.metadata) }]);
  };
  for (const service of itemsOf(perhaps.services)) add('Service', service);
  for (const ingress of itemsOf(perhaps.ingresses)) add('Ingress', ingress);
  return found;
}

/**
 * The reports about a high-availability controller whose head Pod could not be created. They are about its Deployment,
 * and about the ReplicaSets of the Deployment. SkyPilot names the Deployment after the cluster: `C-deployment`
 * (sky/templates/kubernetes-ray.yml.j2).
 */
function saidOfRefusedHead(
  { namespace, nameOnCloud }: SkyCluster,
  { perhaps: { deployments }, view, takenAt }: CheckContext<'pods', 'deployments'>,
): Said[] {
  const own = itemsOf(deployments).filter(
    ({ metadata }) => metadata?.namespace === namespace && metadata.labels?.[clusterNameLabel] === nameOnCloud,
  );
  const heard = { topics: view.snapshot.topics, takenAt };
  const events = saidOfNeverCreated(
    heard,
    (about) => about.namespace === namespace && workloadNameOf(about).startsWith(`${nameOnCloud}-`),
  );
  const conditions = own.flatMap((each) => conditionsSaid('Deployment', each, ({ type }) => type === 'ReplicaFailure'));
  // The event of a ReplicaSet and the condition of its Deployment have the same text.
  return [...events, ...conditions.filter(({ message }) => !events.some((each) => each.message.includes(message)))];
}

function curesOf(skyCluster: SkyCluster, left: readonly Leftover[], named: boolean): readonly Cure[] {
  if (skyCluster.pods.length > 0 || named) return restartCommand(skyCluster);
  if (!left.every(({ ours }) => ours)) return removalOf(skyCluster);
  return [cure(unexposeCommand(skyCluster), 'removes what is left, after asking')];
}
