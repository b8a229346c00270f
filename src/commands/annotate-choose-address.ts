import type { Node, Service } from 'kubernetes-types/core/v1';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1';
import { command, cure } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import { type NodeCandidate, nodeCandidates } from '../exposure/node-candidates.ts';
import type { Connection } from '../kubernetes/api/connect.ts';
import { observe } from '../kubernetes/snapshots/collect.ts';
import { nodesRequest } from '../modes/nodeport/list.ts';
import { keyOf } from '../snapshot/object-reference.ts';
import { collectionPath } from '../snapshot/resource-paths.ts';
import type { Observation } from '../snapshot/topics.ts';
import { unseenCures, unseenError, unseenWords } from '../snapshot/unseen-words.ts';
import type { AnnotateCall } from './annotate-look.ts';
import { say } from './expose-messages.ts';

/** What the user left open: which of the nodes' addresses. */
interface Proposal {
  readonly node: string | undefined;
  readonly takeFirst: boolean;
}

/** Proposes addresses of nodes and asks which one to take. @throws UsageError when there is none, or the answer is none of them */
export async function chooseAddress(call: AnnotateCall, service: Service, proposal: Proposal): Promise<string> {
  const { system } = call;
  const candidates = await candidatesFor(call, service, proposal.node);
  candidates.forEach(({ address, node, type }, index) => {
    say(system, `${index + 1}   ${address}   ${type} of node ${node}`);
  });
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
    const fact = `${unseenWords('nodes', nodes, null)}, so no address can be proposed`;
    throw unseenError(fact, nodes, [...unseenCures('nodes', nodes, null), giveAddress]);
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
    ? 'is Ready with an IPv4 address and a ready Pod of the controller, which externalTrafficPolicy Local asks for'
    : 'is Ready with an IPv4 address';
  throw new UsageError(
    'no-node-address',
    `no node ${node === undefined ? '' : `named ${node} `}${needs}: there is none to propose`,
    [cure(command`kubectl get nodes -o wide`, 'shows the nodes with their addresses'), giveAddress],
  );
}

const giveAddress = cure(
  command`kubectl skyports annotate ADDRESS`,
  'uses ADDRESS, where users reach the ingress controller',
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
