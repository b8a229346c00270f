import type { Pod } from 'kubernetes-types/core/v1';
import { type Cure, command, cure } from '../../errors/cure.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Advertisement } from '../../snapshot/topics.ts';
import { unlabelCommand } from '../excluded-nodes.ts';
import { announcePoolCure, metallbNamespace } from '../metallb-setup.ts';
import { speakerSelector } from './metallb-speakers.ts';

/** An advertisement of MetalLB, and its kind. */
export interface Known {
  readonly kind: 'l2advertisement' | 'bgpadvertisement';
  readonly advertisement: Advertisement;
}

/** The reason why no speaker announces from a node. */
export type Refusal = 'excluded' | 'no-network' | 'not-selected' | 'no-speaker' | 'no-endpoint';

/** A node that does not announce, and the reasons. */
export interface RefusingNode {
  readonly node: string;
  readonly refusals: readonly Refusal[];
}

/**
 * A command that adds the pool to an existing advertisement. If no advertisement names pools, the command creates one.
 */
export function announcing(pool: string, all: readonly Known[], snapshot: Snapshot): Cure {
  const [first] = all.filter(({ advertisement: { spec } }) => (spec?.ipAddressPools ?? []).length > 0);
  if (!first) return announcePoolCure(pool, metallbNamespace(snapshot));
  const { kind, advertisement } = first;
  const { name = '', namespace = '' } = advertisement.metadata ?? {};
  const patch = JSON.stringify([{ op: 'add', path: '/spec/ipAddressPools/-', value: pool }]);
  return cure(
    command`kubectl patch ${kind} ${name} -n ${namespace} --type=json -p ${patch}`,
    `announces it like the pools that ${name} names`,
  );
}

/** The nodes that have the fewest reasons not to announce. */
export function nearestTo(refusing: readonly RefusingNode[]): readonly RefusingNode[] {
  const fewest = Math.min(...refusing.map(({ refusals }) => refusals.length));
  return refusing.filter(({ refusals }) => refusals.length === fewest);
}

/** Cures that make a node announce. They are for the nodes with the fewest reasons against it. */
export function nodeCures(
  refusing: readonly RefusingNode[],
  taking: readonly Known[],
  speakers: readonly Pod[],
  snapshot: Snapshot,
): Cure[] {
  const nearest = nearestTo(refusing);
  const having = (refusal: Refusal) =>
    nearest.filter(({ refusals }) => refusals.includes(refusal)).map(({ node }) => node);
  const excluded = having('excluded');
  const namespace = metallbNamespace(snapshot);
  return [
    ...(excluded.length > 0
      ? [
          cure(unlabelCommand(excluded.slice(0, 5)), 'lets MetalLB announce from there'),
          ignoringLabel(speakers, namespace),
        ]
      : []),
    ...(having('not-selected').length > 0
      ? [withoutSelectors(taking[0]!, 'nodeSelectors', 'announces from every node')]
      : []),
    ...(having('no-speaker').length > 0 ? [speakerCure(having('no-speaker'), speakers, namespace)] : []),
    ...having('no-network')
      .slice(0, 1)
      .map((node) => cure(command`kubectl describe node ${node}`, 'shows why its network is unavailable')),
  ];
}

/**
 * A command that shows why the nodes have no ready speaker. It describes a speaker that is not ready, or the DaemonSet
 * of the speakers.
 */
function speakerCure(nodes: readonly string[], speakers: readonly Pod[], namespace: string): Cure {
  const there = speakers.find(({ spec }) => nodes.includes(spec?.nodeName ?? ''));
  if (there)
    return cure(
      command`kubectl describe pod ${there.metadata?.name ?? ''} -n ${namespace}`,
      'shows why the speaker is not ready there',
    );
  return cure(
    command`kubectl describe daemonset -n ${namespace} -l ${selectorOf(speakers)}`,
    'shows the nodes where its DaemonSet runs speakers',
  );
}

/**
 * A command that starts the speakers again with the flag `--ignore-exclude-lb`. It changes the DaemonSet that owns
 * their Pods.
 */
function ignoringLabel(speakers: readonly Pod[], namespace: string): Cure {
  const [pod] = speakers;
  const owner = pod?.metadata?.ownerReferences?.find(({ kind }) => kind === 'DaemonSet')?.name ?? 'speaker';
  const containers = pod?.spec?.containers ?? [];
  const at = Math.max(
    0,
    containers.findIndex(({ name }) => name === 'speaker' || name === 'metallb-speaker'),
  );
  const path = `/spec/template/spec/containers/${at}/args/-`;
  const patch = JSON.stringify([{ op: 'add', path, value: '--ignore-exclude-lb' }]);
  return cure(
    command`kubectl patch daemonset ${owner} -n ${namespace} --type=json -p ${patch}`,
    'or lets MetalLB announce from every node whatever its labels (Helm: speaker.ignoreExcludeLB=true)',
  );
}

function selectorOf([pod]: readonly Pod[]): string {
  const isOfChart = pod?.metadata?.labels?.['app.kubernetes.io/component'] === 'speaker';
  return isOfChart ? 'app.kubernetes.io/name=metallb,app.kubernetes.io/component=speaker' : speakerSelector;
}

/** A command that removes the selectors of an advertisement. */
export function withoutSelectors(known: Known, field: 'nodeSelectors' | 'serviceSelectors', effect: string): Cure {
  const { name = '', namespace = '' } = known.advertisement.metadata ?? {};
  const patch = JSON.stringify([{ op: 'remove', path: `/spec/${field}` }]);
  return cure(
    command`kubectl patch ${known.kind} ${name} -n ${namespace} --type=json -p ${patch}`,
    `removes the ${field} of ${name}: it then ${effect}`,
  );
}

/** The kind and the name: `L2Advertisement lan`. */
export function wordsOf({ kind, advertisement }: Known): string {
  return `${kindOf(kind)} ${advertisement.metadata?.name}`;
}

/** The kind in the form of Kubernetes objects, such as `L2Advertisement`. */
export function kindOf(kind: Known['kind']): string {
  return kind === 'l2advertisement' ? 'L2Advertisement' : 'BGPAdvertisement';
}
