import type { Node, Service } from 'kubernetes-types/core/v1';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1';
import { advice, command, cure, part } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { type NodeCandidate, nodeCandidates } from '../../exposure/controllers/node-candidates.ts';
import { fieldManager } from '../../exposure/ownership.ts';
import { managersDeclaring } from '../../exposure/plan/annotation-owners.ts';
import {
  annotatedAddressOf,
  isReadBySkyPilot,
  troubleOfAnnotation,
  withAnnotatedAddress,
} from '../../exposure/plan/plan-annotate.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { type Journal, journaled } from '../../kubernetes/changes/journal.ts';
import { patchAnnotation } from '../../kubernetes/changes/patch-annotation.ts';
import { observe } from '../../kubernetes/snapshots/collect.ts';
import { withControllerService } from '../../modes/ingress/printed.ts';
import { nodesRequest } from '../../modes/nodeport/mode.ts';
import { renderTable } from '../../output/table.ts';
import { externalIpAnnotation } from '../../skypilot/names.ts';
import { keyOf, resourceNameOf } from '../../snapshot/object-reference.ts';
import { collectionPath } from '../../snapshot/resource-paths.ts';
import type { Observation } from '../../snapshot/topics.ts';
import { unseenTopicError } from '../../snapshot/unseen-words.ts';
import { exitCodes } from '../command.ts';
import { printManifests } from '../flags/print-manifests.ts';
import { say, sayWithCures } from '../messages.ts';
import { retryOnConflict } from '../retry-on-conflict.ts';
import { type AnnotateCall, lookAround, serviceToAnnotate } from './lists.ts';
import type { AnnotateTask } from './options.ts';
import { printWhatSkyPilotPrints, ReplaceQuestion } from './printed.ts';

type AddressTask = Extract<AnnotateTask, { readonly do: 'set' | 'propose' | 'remove' }>;

/**
 * Runs `annotate ADDRESS`, `annotate` and `annotate --remove`: changes the annotation of one Service.
 *
 * @throws UsageError if the address is refused; Failure if the Service cannot be written
 */
export async function annotateAddress(task: AddressTask, call: AnnotateCall): Promise<number> {
  const { args, system } = call;
  const [first, around] = await Promise.all([serviceToAnnotate(call), lookAround(call)]);
  const trouble = task.do === 'remove' ? undefined : troubleOfAnnotation(first);
  if (trouble && !args.force) {
    const anyway = advice('add --force to write the annotation anyway');
    throw new UsageError(trouble.code, trouble.fact, [...trouble.cures, anyway]);
  }
  const value = await valueFor(task, first, call);
  if (trouble) say(system, `warning: ${trouble.fact}`);
  if (value !== null) sayIfNeverRead(first, value, call);
  const question = new ReplaceQuestion(call);
  let seen: Service | undefined = first;
  const written = await journaled(system.stderr.line, (journal) =>
    retryOnConflict(async () => {
      const service = seen ?? (await serviceToAnnotate(call));
      seen = undefined;
      if (!(await mayReplace(service, value, question))) return undefined;
      return writeAddress(service, value, call, args.dryRun ? undefined : journal);
    }),
  );
  if (!written) return exitCodes.failed;
  const after = isReadBySkyPilot(written) ? withControllerService(around, written) : around;
  // With -o, a program reads the output, so nothing else is printed.
  if (args.format === undefined) {
    printWhatSkyPilotPrints(after, args.dryRun ? system.stderr : system.stdout, system);
  }
  return exitCodes.fine;
}

/** Runs `annotate --show`: prints only the value of the annotation on stdout. */
export async function showAddress(call: AnnotateCall): Promise<number> {
  const { system } = call;
  const [service, around] = await Promise.all([serviceToAnnotate(call), lookAround(call)]);
  const address = annotatedAddressOf(service);
  if (address !== undefined) system.stdout.line(address);
  else say(system, `Service ${keyOf(service)} has no annotation ${externalIpAnnotation}`);
  const trouble = troubleOfAnnotation(service);
  if (trouble) sayWithCures(system, trouble.fact, trouble.cures, call.connectionValues);
  sayIfNeverRead(service, address, call);
  const now = isReadBySkyPilot(service) ? withControllerService(around, service) : around;
  printWhatSkyPilotPrints(now, system.stderr, system);
  return exitCodes.fine;
}

function sayIfNeverRead(
  service: Service,
  address: string | undefined,
  { connectionValues, system }: AnnotateCall,
): void {
  if (isReadBySkyPilot(service)) return;
  const signpost = command`kubectl skyports annotate --signpost ${address ?? 'ADDRESS'}`;
  const placeholder = address === undefined ? ' (ADDRESS)' : '';
  sayWithCures(
    system,
    `warning: SkyPilot never reads Service ${keyOf(service)}, only ingress-nginx/ingress-nginx-controller; only this plugin reads the annotation there`,
    [cure(signpost, `shows SkyPilot the address${placeholder} with a Service of the name that it reads`)],
    connectionValues,
  );
}

/**
 * Asks the user before the command replaces a different value. If there is no different value, returns true without a
 * question.
 */
async function mayReplace(service: Service, value: string | null, question: ReplaceQuestion): Promise<boolean> {
  const old = annotatedAddressOf(service);
  if (value === null || old === undefined || old === value) return true;
  const place = keyOf(service);
  const flag = !isReadBySkyPilot(service) && part`--ingress-service ${place}`;
  const dryRunCommand = command`kubectl skyports annotate ${value} ${flag} --dry-run`;
  return question.allows({ holder: `Service ${place} has the address`, old, value, dryRunCommand });
}

async function valueFor(task: AddressTask, service: Service, call: AnnotateCall): Promise<string | null> {
  if (task.do === 'set') return task.address;
  return task.do === 'remove' ? null : chooseAddress(call, service, task);
}

async function writeAddress(
  service: Service,
  value: string | null,
  call: AnnotateCall,
  journal: Journal | undefined,
): Promise<Service> {
  const { args, connection, system } = call;
  const { dryRun, format } = args;
  const old = annotatedAddressOf(service);
  const isSame = (old ?? null) === value;
  if (!isSame) sayWhoPutsItBack(service, call);
  const patch = { kind: 'Service', object: service, key: externalIpAnnotation, value } as const;
  const { namespace = '', name: serviceName = '' } = service.metadata ?? {};
  if (!isSame) journal?.expect([{ kind: 'Service', namespace, name: serviceName, effect: 'annotated' }]);
  const asksServer = dryRun === 'server' || (!dryRun && !isSame);
  const written = asksServer
    ? await patchAnnotation(connection, patch, { fieldManager, journal })
    : withAnnotatedAddress(service, value);
  const name = resourceNameOf('Service', service.metadata?.name ?? '');
  if (dryRun) {
    const object = { apiVersion: 'v1', kind: 'Service', ...written };
    await printManifests(
      [{ kind: 'Service', effect: isSame ? 'unchanged' : 'annotated', object }],
      { format, server: dryRun === 'server' },
      system,
    );
  } else if (isSame) {
    say(system, value === null ? `${name} has no such annotation: nothing to remove` : `${name} unchanged`);
  }
  if (!isSame) {
    say(
      system,
      `${externalIpAnnotation}: ${value ?? 'removed'} (${old === undefined ? 'not set before' : `was "${old}"`})`,
    );
  }
  return written;
}

function sayWhoPutsItBack(service: Service, { connectionValues, system }: AnnotateCall): void {
  const managers = managersDeclaring(service, externalIpAnnotation);
  if (managers.length === 0) return;
  sayWithCures(
    system,
    `warning: ${managers.join(', ')} declares ${externalIpAnnotation} of Service ${keyOf(service)} and will restore its own value`,
    [advice('change it there as well')],
    connectionValues,
  );
}

/** How `annotate` chooses an address if the user names none. */
interface Proposal {
  readonly node: string | undefined;
  readonly takeFirst: boolean;
}

/**
 * Proposes addresses of nodes and asks which address to use.
 *
 * @throws UsageError if there is no address to propose, or the answer is not one of the proposed addresses; Failure if
 * the nodes cannot be listed
 */
async function chooseAddress(call: AnnotateCall, service: Service, proposal: Proposal): Promise<string> {
  const { system } = call;
  const candidates = await candidatesFor(call, service, proposal.node);
  const numbered = candidates.map(({ address, node, type }, at) => ({
    cells: [String(at + 1), address, `${type} of node ${node}`],
  }));
  system.stderr.lines(renderTable(['', '', ''], numbered, { withHeaders: false }));
  const [first] = candidates;
  if (proposal.takeFirst || proposal.node !== undefined) return first!.address;
  const answer = (await system.ask('Which address should SkyPilot use? [1] ')).trim();
  const chosen = answer === '' ? first : candidates[Number(answer) - 1];
  if (chosen) return chosen.address;
  throw new UsageError('no-such-choice', `"${answer}" is not one of them, and nothing was changed`, [
    cure(command`kubectl skyports annotate ${first!.address}`, 'uses the first one'),
  ]);
}

async function candidatesFor(
  { connection, system }: AnnotateCall,
  service: Service,
  node: string | undefined,
): Promise<readonly NodeCandidate[]> {
  const isLocal = service.spec?.externalTrafficPolicy === 'Local';
  const [nodes, slices] = await Promise.all([nodesNamed(connection, node), slicesOf(connection, service)]);
  if (!nodes.observed) {
    throw unseenTopicError('nodes', nodes, null, 'so no address can be proposed', [giveAddress]);
  }
  if (isLocal && !slices.observed) {
    say(
      system,
      `warning: endpointslices of Service ${keyOf(service)} were not seen (${slices.message}); with externalTrafficPolicy Local only nodes with a ready controller Pod answer`,
    );
  }
  const onNodes = isLocal && slices.observed ? nodesOfReadyEndpoints(slices.items) : undefined;
  const candidates = nodeCandidates(nodes.items, { onNodes });
  if (candidates.length > 0) return candidates;
  const needs = onNodes
    ? 'is Ready with an IPv4 address and a ready Pod of the controller, which externalTrafficPolicy Local requires'
    : 'is Ready with an IPv4 address';
  throw new UsageError(
    'no-node-address',
    `no node ${node === undefined ? '' : `named ${node} `}${needs}: no address to propose`,
    [cure(command`kubectl get nodes -o wide`, 'shows the nodes with their addresses'), giveAddress],
  );
}

const giveAddress = cure(
  command`kubectl skyports annotate ADDRESS`,
  'uses ADDRESS, at which users reach the ingress controller',
);

function nodesNamed(connection: Connection, node: string | undefined): Promise<Observation<Node>> {
  const request = node === undefined ? nodesRequest : { ...nodesRequest, fieldSelector: `metadata.name=${node}` };
  return observe(connection, 'nodes', request);
}

function slicesOf(connection: Connection, { metadata, spec }: Service): Promise<Observation<EndpointSlice>> {
  const none = { observed: true as const, items: [], resourceVersion: '', cutOff: false };
  if (spec?.externalTrafficPolicy !== 'Local') return Promise.resolve(none);
  const path = collectionPath('EndpointSlice', metadata?.namespace ?? '');
  const labelSelector = `kubernetes.io/service-name=${metadata?.name}`;
  return observe(connection, 'endpointSlices', { path, labelSelector });
}

function nodesOfReadyEndpoints(slices: readonly EndpointSlice[]): ReadonlySet<string> {
  const endpoints = slices.flatMap(({ endpoints: each }) => each ?? []);
  return new Set(
    endpoints.filter(({ conditions }) => conditions?.ready !== false).flatMap(({ nodeName }) => nodeName ?? []),
  );
}
