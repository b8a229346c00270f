import type { Node, Pod } from 'kubernetes-types/core/v1';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1';
import { advice, type Cure } from '../errors/cure.ts';
import { isReady, troubleOf } from '../exposure/pod-trouble.ts';
import { poolTrouble, rangesOfCiliumPool } from '../platforms/cilium-pools.ts';
import { excludeLabel } from '../platforms/excluded-nodes.ts';
import { keyOf, type WithMetadata } from '../snapshot/object-reference.ts';
import { parseLabelSelector } from '../snapshot/selector.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { counted } from '../snapshot/text.ts';
import {
  allTopics,
  itemsOf,
  type Observation,
  type ResourceQuota,
  type Topic,
  type TopicObjects,
  topicRows,
} from '../snapshot/topics.ts';
import type { Evidence } from './finding.ts';
import { allPodsIn } from './subjects/all-pods.ts';

/** The cures of a finding, and facts in place of commands that would only print these facts. */
export interface SeenInstead {
  readonly cures: readonly Cure[];
  /** Facts for the message of the finding: `1 IPAddressPool: lan (192.0.2.8-192.0.2.9)`. */
  readonly facts: readonly string[];
}

/**
 * Removes each cure whose command would only print what the snapshot already contains. The result states these facts
 * instead. If the note of the cure has more advice, this advice stays as a cure. A command that also prints objects
 * outside of the snapshot stays.
 */
export function seenInstead(cures: readonly Cure[], evidence: readonly Evidence[], snapshot: Snapshot): SeenInstead {
  if (!cures.some(({ command }) => command !== null && /^kubectl (?:get|describe) /.test(command)))
    return { cures, facts: [] };
  const told = cures.map((each) => factInsteadOf(each, snapshot) ?? { fact: undefined, left: each });
  const left = told.flatMap((each) => each.left ?? []);
  const others = left.filter((each) => !describesShown(each, evidence));
  const facts = told.flatMap(({ fact }) => fact ?? []);
  // Without other cures, the facts become the cures, because every finding has to have one.
  if (left.length === 0) return { cures: facts.map(advice), facts: [] };
  return { cures: others.length > 0 ? others : left, facts };
}

/** Whether the command is `kubectl describe` of an object, and the evidence contains an event about this object. */
export function describesShown({ command }: Cure, evidence: readonly Evidence[]): boolean {
  const [, kind, name, namespace = ''] = /^kubectl describe (\S+) (\S+)(?: -n (\S+))?$/.exec(command ?? '') ?? [];
  return evidence.some(
    ({ object, ...each }) =>
      'event' in each && object.kind.toLowerCase() === kind && object.name === name && object.namespace === namespace,
  );
}

/** The parts of a command `kubectl get` or `kubectl describe`. */
export interface Get {
  readonly verb: 'get' | 'describe';
  readonly resource: string;
  readonly names: readonly string[];
  readonly selector: string | undefined;
  /** The namespace; undefined for all namespaces, or for a kind without namespaces. */
  readonly namespace: string | undefined;
  /** The values of the options -o and -L. They decide what the command prints about each object. */
  readonly output: string;
}

/**
 * Parses a command such as `kubectl get pods -n default`. Undefined for other commands, and for commands that keep
 * watching.
 */
export function getIn(command: string | null): Get | undefined {
  const [, verb, rest = ''] = /^kubectl (get|describe) (.*)$/.exec(command ?? '') ?? [];
  if (verb === undefined || / (?:-w|--watch)\b/.test(rest)) return undefined;
  const words = rest.match(/'[^']*'|\S+/g) ?? [];
  const options = new Map<string, string>();
  const operands: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!.replaceAll("'", '');
    if (/^-[nolL]$/.test(word)) options.set(word, (words[++index] ?? '').replaceAll("'", ''));
    else if (!word.startsWith('-')) operands.push(word);
  }
  const [resource = '', ...names] = operands;
  return {
    verb: verb as Get['verb'],
    resource,
    names,
    selector: options.get('-l'),
    namespace: options.get('-n'),
    output: `${options.get('-o') ?? ''} ${options.get('-L') ?? ''}`,
  };
}

/** The objects of the snapshot that a command would print. */
export interface Got {
  readonly topic: Topic;
  readonly items: readonly WithMetadata[];
}

/** Topics of Pods. Each topic contains the Pods that have certain labels. */
const podTopics = ['serviceLbPods', 'tailscalePods', 'metallbSpeakers', 'loadBalancerPods', 'controllerPods'] as const;

/** Finds the objects that a command would print; undefined if the snapshot may not contain all of them. */
export function gotFrom(
  { topics, namespace: listedIn }: Pick<Snapshot, 'topics' | 'namespace'>,
  get: Get,
): Got | undefined {
  const takesLabels = parseLabelSelector(get.selector ?? '');
  const isTaken = ({ metadata }: WithMetadata) =>
    takesLabels(metadata?.labels ?? {}) &&
    (get.namespace === undefined || metadata?.namespace === get.namespace) &&
    (get.names.length === 0 || get.names.includes(metadata?.name ?? ''));
  const of = (topic: Topic): Got => ({
    topic,
    items: itemsOf<WithMetadata>(topics[topic] as Observation<WithMetadata>).filter(isTaken),
  });
  if (get.resource === 'pods') {
    // A list of Pods in a live snapshot was selected by labels. If the list has one Pod with these labels, it has all
    // of them.
    const listed = get.selector ? podTopics.map(of).find(({ items }) => items.length > 0) : undefined;
    return listed ?? (allPodsIn(topics) && of('pods'));
  }
  const [name] = get.resource.split('.');
  const topic = allTopics.find((each) => {
    const { resource, kind, namespace, takesDumps } = topicRows[each];
    const seen = topics[each];
    const isHere = namespace !== 'scope' || listedIn === null || [undefined, listedIn].includes(get.namespace);
    return (
      takesDumps &&
      isHere &&
      seen.observed &&
      !seen.cutOff &&
      [resource, kind?.toLowerCase(), `${kind?.toLowerCase()}es`].includes(name)
    );
  });
  return topic && of(topic);
}

/** The fact that a command would print, and the rest of its note as advice. */
interface ToldInstead {
  readonly fact: string;
  readonly left: Cure | undefined;
}

function factInsteadOf({ command, note }: Cure, snapshot: Snapshot): ToldInstead | undefined {
  const get = getIn(command);
  const got = get && gotFrom(snapshot, get);
  const words = got && wordsOf[got.topic];
  if (!words || (get.verb === 'describe' && !words.describes)) return undefined;
  const { of, noun = topicRows[got.topic].kind ?? '' } = words;
  // The note begins with a description of the output, which is removed. The rest of the note is still true.
  const rest = /^shows [^:;]*[:;] (.*)$/.exec(note ?? '')?.[1];
  const left = rest === undefined ? undefined : advice(rest);
  if (got.items.length === 0) return { fact: `there is no ${noun}`, left };
  const told = got.items.map((item) => of(item as never, get));
  const most = 8;
  const more = told.length > most ? [`${told.length - most} more`] : [];
  return { fact: `${counted(told.length, noun)}: ${[...told.slice(0, most), ...more].join('; ')}`, left };
}

interface TopicWords<T> {
  /** The noun for the items. The default is their kind. */
  readonly noun?: string;
  /** Set if `kubectl describe` prints no more than `of` returns. */
  readonly describes?: true;
  /** The name of an item, and the most important facts about it. */
  of(item: T, get: Get): string;
}

const named = ({ metadata }: WithMetadata, ...facts: (string | undefined)[]): string => {
  const told = facts.filter((fact) => fact !== undefined && fact !== '');
  return `${metadata?.name}${told.length > 0 ? ` (${told.join(', ')})` : ''}`;
};

const podWords: TopicWords<Pod> = {
  of: (pod) =>
    named(
      { metadata: { name: keyOf(pod) } },
      pod.spec?.nodeName && `on node ${pod.spec.nodeName}`,
      isReady(pod) ? 'Ready' : troubleOf(pod)?.replace(/Pod \S+/, 'it'),
    ),
};

/**
 * The texts for the items of each list. A topic without an entry stays with kubectl, which prints more than the
 * snapshot contains.
 */
const wordsOf: { readonly [T in Topic]?: TopicWords<TopicObjects[T]> } = {
  addressPools: { of: (pool) => named(pool, (pool.spec?.addresses ?? []).join(', ')) },
  ciliumPools: { of: (pool) => named(pool, rangesOfCiliumPool(pool), poolTrouble(pool)) },
  l2Advertisements: { of: (each) => named(each, interfacesOf(each.spec?.interfaces)) },
  ciliumBgpAdvertisements: {
    of: (each) =>
      named(each, (each.spec?.advertisements ?? []).map(({ advertisementType }) => advertisementType).join(', ')),
  },
  ingressClasses: { of: (each) => named(each, each.spec?.controller) },
  nodes: { noun: 'node', of: nodeWords },
  targetGroupBindings: { of: (each) => named(each, backendOf(each.spec?.serviceRef)) },
  peerAuthentications: { of: (each) => named({ metadata: { name: keyOf(each) } }, each.spec?.mtls?.mode) },
  endpointSlices: { of: sliceWords },
  webhooks: {
    of: (each) =>
      named(
        each,
        ...(each.webhooks ?? []).map(({ name, failurePolicy, clientConfig: { service, url } }) =>
          [
            name,
            'leads to',
            service ? `Service ${service.namespace}/${service.name}` : url,
            `with ${failurePolicy ?? 'Fail'}`,
          ].join(' '),
        ),
      ),
  },
  resourceQuotas: { describes: true, of: (each) => named(each, ...quotaWords(each)) },
  pods: podWords,
  serviceLbPods: podWords,
  tailscalePods: podWords,
  metallbSpeakers: podWords,
  loadBalancerPods: podWords,
  controllerPods: podWords,
};

function quotaWords({ spec, status }: ResourceQuota): string[] {
  const hard = Object.entries(status?.hard ?? spec?.hard ?? {});
  const used = status?.used as Readonly<Record<string, string | number>> | undefined;
  return hard.map(([resource, most]) => `${resource}: ${used?.[resource] ?? '?'} of ${most}`);
}

function interfacesOf(interfaces: readonly string[] = []): string {
  return interfaces.length > 0 ? `interfaces ${interfaces.join(', ')}` : 'every interface';
}

function backendOf(
  reference: { readonly name?: string; readonly port?: string | number } | undefined,
): string | undefined {
  return reference && `Service ${reference.name}, port ${reference.port}`;
}

function nodeWords(node: Node, { output }: Get): string {
  const { spec, status, metadata } = node;
  const addresses = (status?.addresses ?? []).filter(({ type }) => /IP$/.test(type)).map(({ address }) => address);
  return named(
    node,
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ? 'Ready' : 'not Ready',
    metadata?.labels?.[excludeLabel] === undefined ? undefined : `with the label ${excludeLabel}`,
    output.includes('wide') ? addresses.join(', ') : undefined,
    output.includes('providerID') ? (spec?.providerID ? `providerID ${spec.providerID}` : 'no providerID') : undefined,
  );
}

function sliceWords(slice: EndpointSlice): string {
  const endpoints = slice.endpoints ?? [];
  const ready = endpoints.filter(({ conditions }) => conditions?.ready !== false).length;
  return named(slice, `${ready} of ${endpoints.length} endpoints ready`);
}
