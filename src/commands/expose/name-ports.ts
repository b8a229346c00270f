import { advice, type Cure, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import {
  type FoundPorts,
  isOffered,
  type PortProposal,
  portsInHead,
  proposalsFrom,
} from '../../exposure/port-proposals.ts';
import { nameOfFile } from '../../local/yaml-file.ts';
import { endpointText } from '../../output/endpoint-table.ts';
import { controllerKindOf, servePortRange } from '../../skypilot/controllers.ts';
import { operandOf } from '../../skypilot/operand.ts';
import { headPodOf, type SkyCluster } from '../../skypilot/sky-cluster.ts';
import { portRanges } from '../../skypilot/task-ports.ts';
import type { ListeningSocket } from '../../snapshot/probe.ts';
import type { System } from '../../system.ts';
import type { ConnectionValues } from '../command.ts';
import { confirm } from '../confirm.ts';
import { connectToCluster } from '../connection/connect.ts';
import { missingPort, perhapsPorts } from '../flags/named-ports.ts';
import { say } from '../messages.ts';
import { openPortsOf, opensToOthers } from '../sky-cluster/declared-ports.ts';
import { mostSuggested, retyped } from '../sky-cluster/misnamed.ts';
import type { ExposeFlagValues } from './command.ts';
import { readLoadBalancerOptions } from './load-balancer-options.ts';
import { readExposeArguments, refuseContradictions } from './options.ts';

/** The operands and flags of a call of `expose`. */
export interface ExposeWords {
  readonly operands: readonly string[];
  readonly flags: ExposeFlagValues;
}

/**
 * Finds the ports of an `expose` without PORT. The ports of a task file need no question, because the user chose that
 * file. The user is asked on the terminal about ports in the head Pod, and about a file whose tasks have different
 * ports.
 *
 * @returns the call with its ports, and without the flags that only find ports; undefined if the user chose no port
 * @throws UsageError with the list of ports, if there is no terminal; UsageError for an invalid file or flag
 */
export async function namePorts(
  { operands, flags: typedFlags }: ExposeWords,
  values: ConnectionValues,
  system: System,
): Promise<ExposeWords | undefined> {
  const { name, ports } = perhapsPorts('expose', operands);
  const { filename } = typedFlags;
  if (filename !== undefined && ports.length > 0) throw await portsNamedTwice(filename, system);
  // With -f, `--probe=pod` has another purpose: it chooses the port of the health check.
  const isProbing = filename === undefined && typedFlags.probe === 'pod';
  const flags = { ...typedFlags, filename: undefined, probe: isProbing ? undefined : typedFlags.probe };
  // Report an invalid flag before the question.
  const { mode, request } = readExposeArguments([name, '1'], flags);
  if (flags.app !== undefined) (await import('./app.ts')).fieldsForApp(flags, request, system);
  readLoadBalancerOptions(flags, system);
  if (mode) refuseContradictions(flags, mode);
  const inFile = filename === undefined ? undefined : await portsInFile(filename, system);
  const [only, different] = inFile ?? [];
  if (only && !different) {
    say(system, `${nameOfFile(filename!)} has ${portText(only.ports)}`);
    return { operands: [name, ...portRanges(only.ports)], flags };
  }
  const mayAsk = system.stdinIsTerminal && filename !== '-';
  const found = await lookFor({ name, inFile, isProbing, mayAsk }, values, system);
  const offered = found.proposals.filter(isOffered);
  if (offered.length === 0 || !mayAsk) {
    throw await withProposals(missingPort('expose', name), found, system);
  }
  const chosen = await choose(found, system);
  if (chosen.length > 0) return { operands: [name, ...chosen], flags };
  say(system, 'nothing was opened');
  return undefined;
}

/** The ports of the tasks in a file. If all tasks have the same ports, there is one entry. */
async function portsInFile(filename: string, system: System): Promise<FoundPorts[]> {
  const { readTaskPorts } = await import('../../local/task-file.ts');
  const tasks = await readTaskPorts(filename, system);
  const byPorts = new Map(tasks.map(({ task, ports }) => [portRanges(ports).join(), { task, ports }]));
  return [...byPorts.values()].map((each) => ({ source: 'task', ...each }));
}

async function portsNamedTwice(filename: string, system: System): Promise<UsageError> {
  return new UsageError('conflicting-flags', `both PORT and -f ${filename} name the ports to open`, [
    cure(await retyped(system, { without: ['filename'] }), 'opens the ports that you named'),
    advice('or leave out PORT, to open the ports in the file'),
  ]);
}

interface Search {
  readonly name: string;
  /** The ports in the file; undefined without `-f`. */
  readonly inFile: readonly FoundPorts[] | undefined;
  /** Whether to read the sockets of the head Pod. */
  readonly isProbing: boolean;
  /** Whether the user can be asked which of the found ports to open. */
  readonly mayAsk: boolean;
}

/** The ports that were found, and facts about the search for error messages. */
interface Found {
  readonly proposals: readonly PortProposal[];
  readonly facts: readonly string[];
  readonly cures: readonly Cure[];
  /** The flags that the command does not need once it has PORT. */
  readonly without: readonly string[];
}

/** The time limit in milliseconds of a search that only adds a hint to an error message. A slow proxy needs seconds. */
const patienceMs = 10_000;

async function lookFor(search: Search, values: ConnectionValues, system: System): Promise<Found> {
  const without = [...(search.inFile ? ['filename'] : []), ...(search.isProbing ? ['probe'] : [])];
  const nothing = { proposals: [], facts: [], cures: [], without };
  try {
    return { ...nothing, ...(await lookAt(search, values, system)) };
  } catch (error) {
    // Without --probe=pod, the user may expect no request at all.
    if (search.isProbing || system.interrupted.aborted) throw error;
    return search.inFile ? { ...nothing, proposals: search.inFile.flatMap(unseen) } : nothing;
  }
}

function unseen({ ports, ...how }: FoundPorts): PortProposal[] {
  return ports.map((port) => ({ ...how, port, openAs: undefined }));
}

async function lookAt(
  { name, inFile, isProbing, mayAsk }: Search,
  values: ConnectionValues,
  system: System,
): Promise<Omit<Found, 'without'>> {
  const connection = await connectToCluster(values, system);
  const patience = isProbing || mayAsk ? undefined : setTimeout(() => connection.close(), patienceMs);
  try {
    const { namespace } = connection;
    const { skyClusters, rows } = await openPortsOf(name, { connection, namespace });
    const [skyCluster] = skyClusters;
    if (!skyCluster) return { proposals: (inFile ?? []).flatMap(unseen), facts: [], cures: [] };
    const sockets = isProbing ? await socketsOf(skyCluster, connection) : undefined;
    const found = inFile ?? portsInHead(skyCluster, sockets?.listening ?? undefined);
    const proposals = proposalsFrom(found, skyCluster, rows.filter(opensToOthers));
    const controller = inFile ? [] : controllerFacts(skyCluster);
    const isOpen = controller.length > 0 || proposals.some(({ openAs }) => openAs);
    return {
      proposals,
      facts: [...controller, ...(sockets && sockets.listening === null ? [sockets.why] : [])],
      cures: [
        ...(isProbing || inFile || controller.length > 0
          ? []
          : [
              cure(
                await retyped(system, { add: ['--probe=pod'] }),
                'finds the ports that apps in the head Pod listen on',
              ),
            ]),
        ...(isOpen ? [cure(command`kubectl skyports endpoints ${operandOf(skyCluster)}`, 'lists the open ports')] : []),
      ],
    };
  } finally {
    clearTimeout(patience);
    connection.close();
  }
}

function controllerFacts(skyCluster: SkyCluster): string[] {
  const kind = controllerKindOf(skyCluster);
  if (!kind) return [];
  return [
    kind === 'serve'
      ? `it is a SkyServe controller, and SkyPilot opens its ports ${servePortRange} itself`
      : 'it is the controller of managed jobs, which serves nothing',
  ];
}

type Sockets = { readonly listening: readonly ListeningSocket[] | null; readonly why: string };

async function socketsOf(
  skyCluster: SkyCluster,
  connection: Awaited<ReturnType<typeof connectToCluster>>,
): Promise<Sockets | undefined> {
  if (controllerKindOf(skyCluster)) return undefined;
  const head = headPodOf(skyCluster);
  const unknown = (why: string) => ({ listening: null, why: `what listens is unknown: ${why}` });
  if (!head) return unknown('it has no head Pod');
  // Such a Pod shares the sockets of its node, which belong also to the kubelet and to other Pods.
  if (head.spec?.hostNetwork) return unknown(`Pod ${head.metadata?.name} uses the network of its node`);
  const { socketsIn } = await import('../../kubernetes/snapshots/probe-pods.ts');
  const pod = { namespace: skyCluster.namespace, pod: head.metadata?.name ?? '' };
  const { listening, why } = await socketsIn(connection, pod);
  return listening ? { listening, why } : unknown(why);
}

/** Proposals of the same kind. Their ports are written as ranges. */
interface Group {
  readonly ranges: readonly string[];
  readonly first: PortProposal;
}

function grouped(proposals: readonly PortProposal[], keyOf: (proposal: PortProposal) => string): Group[] {
  return [...Map.groupBy(proposals, keyOf).values()].map((group) => ({
    ranges: portRanges(group.map(({ port }) => port)),
    first: group[0]!,
  }));
}

const portText = (ports: readonly number[]): string =>
  `${ports.length === 1 ? 'port' : 'ports'} ${portRanges(ports).join(', ')}`;

/**
 * Adds the found ports to the error for a missing PORT. The error also gets a command for each port that can be opened.
 */
async function withProposals(
  error: UsageError,
  { proposals, facts, cures, without }: Found,
  system: System,
): Promise<UsageError> {
  const bySource = Map.groupBy(proposals, ({ source, task = '' }) => `${source} ${task}`);
  const lists = [...bySource.values()].map((ofSource) => {
    const ports = grouped(ofSource, ({ openAs }) => String(openAs !== undefined)).flatMap(({ ranges, first }) =>
      ranges.map((range) => (first.openAs ? `${range} (open already)` : range)),
    );
    return factOf(ofSource[0]!, ports.join(', '));
  });
  const offered = proposals.filter(isOffered);
  const commands = portRanges(offered.map(({ port }) => port))
    .slice(0, mostSuggested)
    .map(async (port) => cure(await retyped(system, { port, without })));
  const suggested = commands.length > 0 ? await Promise.all(commands) : [...error.cures, ...cures];
  return new UsageError(error.code, [error.message, ...lists, ...facts].join('; '), suggested);
}

function factOf({ source, task }: PortProposal, ports: string): string {
  switch (source) {
    case 'declared':
      return `its containers declare ${ports}`;
    case 'listening':
      return `an app in its head Pod listens on ${ports}`;
    case 'inside':
      return `an app in its head Pod listens on ${ports} for callers inside the Pod only`;
    case 'task':
      return `${taskText(task)} has ${ports}`;
  }
}

function taskText(task: string | undefined): string {
  return task === undefined ? 'a task in the file' : `task ${task} in the file`;
}

/**
 * Lists the ports and asks which of them to open.
 *
 * @returns the ports as typed; empty for none
 */
async function choose({ proposals, facts }: Found, system: System): Promise<readonly string[]> {
  for (const fact of facts) say(system, fact);
  const lines = grouped(proposals, lineOf)
    .flatMap(({ ranges, first }) => ranges.map((range) => [range, lineOf(first)] as const))
    .sort(([a], [b]) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  const width = Math.max(...lines.map(([range]) => range.length));
  for (const [range, text] of lines) say(system, `${range.padEnd(width)}   ${text}`);
  const offered = portRanges(proposals.filter(isOffered).map(({ port }) => port));
  const [only, second] = offered;
  if (second === undefined && /^\d+$/.test(only!)) {
    return (await confirm(system, `Open port ${only}?`)) ? offered : [];
  }
  const answer = (await system.ask('Which ports should be opened? Type ports, or all: ')).trim();
  if (/^(none|no?)?$/i.test(answer)) return [];
  return /^all$/i.test(answer) ? offered : answer.split(/[\s,]+/).filter((word) => word !== '');
}

function lineOf(proposal: PortProposal): string {
  const { source, task, openAs } = proposal;
  const how = {
    declared: 'a container declares it',
    listening: 'an app listens on it',
    inside: 'an app listens on it for callers inside the Pod only',
    task: `${taskText(task)} has it`,
  }[source];
  return openAs ? `${how}; open already: ${endpointText(openAs)}` : how;
}
