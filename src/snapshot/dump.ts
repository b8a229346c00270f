import { type Cure, command, cure } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import { objectFault } from './object-fault.ts';
import { controllerSettings } from './object-shapes.ts';
import { isRecord } from './shape.ts';
import { type Snapshot, snapshotOf } from './snapshot.ts';
import { allTopics, type Observation, type Topic, type Unobserved } from './topics.ts';

/**
 * A snapshot as a file. It contains the API server's own answers: a list for each topic, or a Status if the topic was
 * not seen.
 */
export interface Dump {
  readonly apiVersion: 'skyports/v1alpha1';
  readonly kind: 'Snapshot';
  readonly metadata: {
    readonly context: string;
    readonly server?: string;
    readonly namespace: string | null;
    readonly takenAt: string;
  };
  readonly topics: Readonly<Record<string, object>>;
}

/** For each reason why a topic was not seen, the Status in a dump (meta/v1). */
const statuses: Readonly<Record<Exclude<Unobserved['reason'], 'not-collected'>, { reason: string; code: number }>> = {
  forbidden: { reason: 'Forbidden', code: 403 },
  'not-served': { reason: 'NotFound', code: 404 },
  'timed-out': { reason: 'Timeout', code: 504 },
  failed: { reason: 'InternalError', code: 500 },
};

/**
 * The content of the file. It leaves out topics that were not requested, and the environment variables of Pods. Secrets
 * are never a topic.
 */
export function dumpOf({ context, server, namespace, takenAt, topics }: Snapshot): Dump {
  const shown = allTopics.flatMap((topic) => {
    const written = listOf(topic, topics[topic]);
    return written ? [[topic, written] as const] : [];
  });
  const metadata = { context, ...(server && { server }), namespace, takenAt };
  return { apiVersion: 'skyports/v1alpha1', kind: 'Snapshot', metadata, topics: Object.fromEntries(shown) };
}

function listOf(topic: Topic, observation: Observation<object>): object | undefined {
  if (observation.observed) {
    const { resourceVersion, cutOff } = observation;
    const kept = keepers[topic] ?? withoutEnvironment;
    const items = observation.items.map(kept);
    // If the list was cut off, mark it with `continue`, as the API does.
    return { kind: 'List', metadata: { resourceVersion, ...(cutOff ? { continue: 'cut off' } : {}) }, items };
  }
  const { reason, message } = observation;
  if (reason === 'not-collected') return undefined;
  return { apiVersion: 'v1', kind: 'Status', status: 'Failure', message, ...statuses[reason] };
}

/** The fields of a Pod spec that contain containers. */
const containerLists = ['containers', 'initContainers', 'ephemeralContainers'];

/** The annotation in which kubectl repeats the whole object. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Removes the environment variables from the containers of a Pod or a Pod template, because they may contain tokens.
 * Also removes kubectl's copy of the object.
 */
function withoutEnvironment(object: object): object {
  const fields = Object.entries(object).map(([key, value]) => {
    if (containerLists.includes(key) && Array.isArray(value)) return [key, value.map(withoutVariables)];
    if (key === 'annotations' && isRecord(value) && Object.hasOwn(value, lastApplied)) {
      const { [lastApplied]: _, ...kept } = value;
      return [key, kept];
    }
    return [key, ['spec', 'template', 'metadata'].includes(key) && isRecord(value) ? withoutEnvironment(value) : value];
  });
  return Object.fromEntries(fields);
}

/** Keeps only the line of the mesh's settings that a check reads. */
function withRootNamespace(object: object): object {
  const { binaryData, ...configMap } = withoutEnvironment(object) as Record<string, unknown>;
  const { mesh } = isRecord(configMap.data) ? configMap.data : {};
  const [line] = /^rootNamespace:.*$/m.exec(textOr(mesh, '')) ?? [];
  return { ...configMap, data: line === undefined ? {} : { mesh: line } };
}

/** Keeps only the settings that checks read, because a ConfigMap may contain any data. */
function withReadSettings(object: object): object {
  const { binaryData, ...configMap } = withoutEnvironment(object) as Record<string, unknown>;
  const read: readonly string[] = controllerSettings;
  const settings = Object.entries(isRecord(configMap.data) ? configMap.data : {}).filter(([key]) => read.includes(key));
  return { ...configMap, data: Object.fromEntries(settings) };
}

/** The topics whose objects a dump shortens further. */
const keepers: { readonly [T in Topic]?: (object: object) => object } = {
  controllerConfigMaps: withReadSettings,
  istioConfigMaps: withRootNamespace,
};

function withoutVariables(container: unknown): unknown {
  if (!isRecord(container)) return container;
  const { env, envFrom, ...kept } = container;
  return kept;
}

/**
 * The snapshot in a dump that this plugin saved.
 *
 * @throws UsageError for any other document
 */
export function snapshotFromDump(document: Record<string, unknown>): Snapshot {
  const { metadata, topics } = document as Partial<Dump>;
  if (!isRecord(metadata) || !isRecord(topics))
    throw new UsageError('invalid-dump', 'the Snapshot has no metadata or no topics', saveAgain);
  const { context, server, namespace, takenAt } = metadata as Dump['metadata'];
  const observed: Partial<Record<Topic, Observation<object>>> = {};
  for (const topic of allTopics) {
    const written = topics[topic];
    if (written !== undefined && written !== null)
      observed[topic] = observationFrom(topic, isRecord(written) ? written : {});
  }
  return snapshotOf(
    {
      context: textOr(context, ''),
      server: textOr(server, ''),
      namespace: typeof namespace === 'string' ? namespace : null,
      takenAt: textOr(takenAt, ''),
    },
    observed as Partial<Snapshot['topics']>,
  );
}

function observationFrom(topic: Topic, written: Record<string, unknown>): Observation<object> {
  if (written.kind === 'Status') {
    const code = written.code;
    const found = Object.entries(statuses).find(([, status]) => status.code === code);
    return {
      observed: false,
      reason: (found?.[0] ?? 'failed') as Unobserved['reason'],
      message: textOr(written.message, 'refused'),
    };
  }
  const { items, metadata } = written;
  if (!Array.isArray(items))
    throw new UsageError('invalid-dump', `topic ${topic} of the Snapshot is neither a list nor a Status`, saveAgain);
  const { resourceVersion, continue: rest } = isRecord(metadata) ? metadata : {};
  return {
    observed: true,
    items: items.map((item) => readable(topic, item)),
    resourceVersion: textOr(resourceVersion, ''),
    cutOff: Boolean(rest),
  };
}

/**
 * Checks the fields of an object from a file that the plugin reads, and returns the object.
 *
 * @throws UsageError if a field is malformed; its message names the object and the field
 */
function readable(topic: Topic, item: unknown): object {
  const fault = objectFault(topic, item);
  if (fault === undefined) return item as object;
  throw new UsageError('invalid-dump', fault, saveAgain);
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

/** The cure if a dump of this plugin cannot be read. */
const saveAgain: readonly Cure[] = [cure(command`kubectl skyports doctor --save FILE`, 'saves it again to FILE')];
