import type { Flags } from '../../arguments/flag.ts';
import { nearestOf } from '../../arguments/nearest.ts';
import { normalizeArguments } from '../../arguments/normalize.ts';
import { type Command, command, cure, part } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { indexSnapshot } from '../../exposure/snapshot-index.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { collect } from '../../kubernetes/snapshots/collect.ts';
import { allModes } from '../../modes/all-modes.ts';
import { resolveEndpoints } from '../../modes/resolve-endpoints.ts';
import { endpointRequests } from '../../modes/what-to-collect.ts';
import { findSkyCluster } from '../../skypilot/find-sky-cluster.ts';
import { operandOf } from '../../skypilot/operand.ts';
import { isHead, type SkyCluster } from '../../skypilot/sky-cluster.ts';
import { withoutFinalSlash } from '../../snapshot/text.ts';
import type { System } from '../../system.ts';
import { connectionFlags } from '../connection/flags.ts';

/** A word that is not the name of a SkyPilot cluster, and the clusters that were searched for it. */
export interface Misnamed {
  readonly name: string;
  readonly skyClusters: readonly SkyCluster[];
  /** The namespace of the search; null for all namespaces. */
  readonly namespace: string | null;
  readonly system: System;
}

type Named = Pick<SkyCluster, 'displayName' | 'nameOnCloud' | 'namespace'>;

/** The typed command, in which the name of another SkyPilot cluster replaces the wrong word. */
export function withSkyCluster(
  { name, namespace, system }: Misnamed,
  meant: Named,
  port?: number,
): ReturnType<typeof retyped> {
  const moved = namespace === null ? meant.namespace : undefined;
  return retyped(system, { replace: { word: name, by: operandOf(meant) }, port, namespace: moved });
}

/**
 * The error if the word is the name of an object that belongs to a SkyPilot cluster, such as its head Pod; otherwise
 * undefined.
 */
export async function objectOfSkyCluster(misnamed: Misnamed): Promise<UsageError | undefined> {
  const { name, skyClusters } = misnamed;
  const [, kind, object = name] = /^([a-z]+)\/(.+)$/i.exec(name) ?? [];
  const byPod = skyClusters.flatMap((skyCluster) =>
    skyCluster.pods.filter(({ metadata }) => metadata?.name === object).map((pod) => ({ skyCluster, pod })),
  );
  const [owner] = byPod;
  if (owner) {
    const what = isHead(owner.pod) ? 'the head Pod' : 'a Pod';
    return misnamedAs(misnamed, owner.skyCluster, `is ${what} of SkyPilot cluster ${owner.skyCluster.displayName}`);
  }
  const named = kind === undefined ? undefined : findSkyCluster(object, skyClusters, { prefix: false });
  if (named?.found === 'one') {
    return misnamedAs(
      misnamed,
      named.skyCluster,
      `is not the name of a SkyPilot cluster, ${named.skyCluster.displayName} is`,
    );
  }
  const prefixed = skyClusters.filter(({ nameOnCloud }) => object.startsWith(`${nameOnCloud}-`));
  const [longest] = prefixed.toSorted((a, b) => b.nameOnCloud.length - a.nameOnCloud.length);
  return longest && misnamedAs(misnamed, longest, `is an object of SkyPilot cluster ${longest.displayName}`);
}

async function misnamedAs(misnamed: Misnamed, meant: SkyCluster, what: string): Promise<UsageError> {
  return new UsageError('not-a-sky-cluster', `"${misnamed.name}" ${what}`, [
    cure(await withSkyCluster(misnamed, meant)),
  ]);
}

/** The error if the word is the URL or the address of an endpoint (`203.0.113.7:8888`); otherwise undefined. */
export async function endpointOfSkyCluster(
  misnamed: Misnamed,
  connection: Connection | undefined,
): Promise<UsageError | undefined> {
  const { name, namespace } = misnamed;
  if (!connection || !/^https?:\/\/|^[\d.]+:\d+$/i.test(name)) return undefined;
  const url = URL.parse(/^[a-z]+:/i.test(name) ? name : `http://${name}`);
  if (!url) return undefined;
  // This request only adds a hint to an error, so ignore errors of the request itself.
  const snapshot = await collect(connection, { namespace, requests: endpointRequests({ namespace }) }).catch(
    () => undefined,
  );
  if (!snapshot) return undefined;
  const rows = resolveEndpoints(indexSnapshot(snapshot)).filter(
    (row) => row.url !== null && URL.parse(row.url)?.host === url.host,
  );
  const row = rows
    .filter((each) => withoutFinalSlash(url.pathname).startsWith(withoutFinalSlash(URL.parse(each.url!)!.pathname)))
    .toSorted((a, b) => b.url!.length - a.url!.length)[0];
  if (!row) return undefined;
  const meant = { displayName: row.skyCluster, nameOnCloud: row.nameOnCloud, namespace: row.namespace };
  return new UsageError('not-a-sky-cluster', `"${name}" is port ${row.port} of SkyPilot cluster ${row.skyCluster}`, [
    cure(await withSkyCluster(misnamed, meant, row.port)),
  ]);
}

/**
 * The error if the word is a port, as in `doctor 8888`; otherwise undefined. The error suggests SkyPilot clusters that
 * have opened this port.
 */
export async function portOfSkyCluster(
  misnamed: Misnamed,
  connection: Connection | undefined,
): Promise<UsageError | undefined> {
  const { name, namespace, system } = misnamed;
  const port = Number(name);
  if (!/^\d{1,5}$/.test(name) || port < 1 || port > 65_535) return undefined;
  const code = 'arguments-swapped';
  // This request only adds a hint to an error, so ignore errors of the request itself.
  const requests = endpointRequests({ namespace });
  const snapshot = connection && (await collect(connection, { namespace, requests }).catch(() => undefined));
  const rows = snapshot ? resolveEndpoints(indexSnapshot(snapshot), { ports: [port] }) : [];
  const open = [
    ...new Map(rows.filter(({ mode }) => allModes[mode].recordsPorts).map((row) => [row.nameOnCloud, row])).values(),
  ];
  if (open.length === 0) {
    const corrected = await retyped(system, { replace: { word: name, by: 'SKYCLUSTER' }, port });
    return new UsageError(code, `${name} is a port, and SKYCLUSTER comes first`, [
      cure(corrected, 'SKYCLUSTER is the name that sky status shows'),
      cure(command`kubectl skyports endpoints`, 'lists the clusters'),
    ]);
  }
  const clusters = open.slice(0, mostSuggested).map(({ skyCluster, nameOnCloud, namespace: place }) => {
    return withSkyCluster(misnamed, { displayName: skyCluster, nameOnCloud, namespace: place }, port);
  });
  const names = open.map(({ skyCluster }) => skyCluster);
  const cures = (await Promise.all(clusters)).map((each) => cure(each));
  return new UsageError(
    code,
    `${name} is a port, and SKYCLUSTER comes first; it is open on ${shortList(names)}`,
    cures,
  );
}

/** The maximum number of suggestions. In a longer list, users cannot easily find the right one. */
export const mostSuggested = 5;

/** A shortened list: its first words, and how many more there are. */
export function shortList(words: readonly string[]): string {
  const more = words.length - mostSuggested;
  return `${words.slice(0, mostSuggested).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The SkyPilot cluster with the most similar name; undefined if no name is similar. */
export function nearestSkyCluster({ name, skyClusters }: Misnamed): SkyCluster | undefined {
  const lower = (text: string) => text.toLowerCase();
  const names = skyClusters.flatMap((each) => [lower(each.displayName), lower(each.nameOnCloud)]);
  const nearest = nearestOf(lower(name), names);
  return skyClusters.find(
    (each) => nearest !== undefined && [each.displayName, each.nameOnCloud].map(lower).includes(nearest),
  );
}

/** How the corrected command differs from the typed command. */
interface Correction {
  /** A word to replace, and its replacement. */
  readonly replace?: { readonly word: string; readonly by: string };
  /** A port to add if the user typed none. It becomes `--port` if the command has this flag, otherwise an operand. */
  readonly port?: number | string | undefined;
  /** The flags to leave out, without dashes. */
  readonly without?: readonly string[];
  /** Flags to add, with dashes. */
  readonly add?: readonly string[];
  /** A namespace that replaces the typed one. */
  readonly namespace?: string | undefined;
  /** A context that replaces the typed one. The corrected command then searches all namespaces. */
  readonly context?: string | undefined;
}

/**
 * The typed command with corrections. Of the connection flags, only the namespace stays. Other code adds the flags that
 * choose a cluster to every suggestion. Secrets are never repeated.
 *
 * @returns null if a word cannot be pasted
 */
export async function retyped({ args }: Pick<System, 'args'>, correction: Correction): Promise<Command | null> {
  const { allCommands } = await import('../all-commands.ts');
  const every: Flags = Object.assign({}, ...allCommands.map(({ flags }) => flags));
  const { flags, operands: typedOperands } = normalizeArguments(args, { ...every, ...connectionFlags });
  const [name = '', ...typed] = typedOperands;
  const own = allCommands.find((each) => each.name === name)?.flags ?? every;
  const { replace, port, without = [], add = [], namespace, context } = correction;
  const isMoved = namespace !== undefined || context !== undefined;
  const kept = flags.filter((flag) => {
    if (flag.name === 'namespace') return !isMoved;
    return (
      Object.hasOwn(own, flag.name) && !without.includes(flag.name) && !(isMoved && flag.name === 'all-namespaces')
    );
  });
  const operands = typed.map((each) => (each === replace?.word ? replace.by : each));
  const isPortFlag = own.port !== undefined;
  const isPortTyped = isPortFlag ? kept.some((flag) => flag.name === 'port') : typed.length > 1;
  const added = port === undefined || isPortTyped ? [] : [isPortFlag ? `--port=${port}` : port];
  const place =
    context === undefined ? namespace !== undefined && part`-n ${namespace}` : part`--context ${context} -A`;
  const flagWords = kept.flatMap(({ name: flag, value }) =>
    flag === 'namespace' ? ['-n', value] : [flagWord(flag, value, own)],
  );
  return command`kubectl skyports ${name} ${operands} ${added} ${flagWords} ${add} ${place}`;
}

function flagWord(name: string, value: string, own: Flags): string {
  const type = own[name]?.type;
  const isBare = type === 'boolean' ? value === 'true' : type === 'optional' && value === '';
  return isBare ? `--${name}` : `--${name}=${value}`;
}
