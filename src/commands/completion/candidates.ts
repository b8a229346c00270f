import type { Node } from 'kubernetes-types/core/v1';
import type { Completion } from '../../arguments/completion.ts';
import type { Completable } from '../../arguments/flag.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import type { Candidate } from '../../output/completion-lines.ts';
import { clusterNameLabel, displayNameAnnotation } from '../../skypilot/names.ts';
import { isPlainName } from '../../skypilot/operand.ts';
import type { WithMetadata } from '../../snapshot/object-reference.ts';
import { collectionPath, type ResourceKind } from '../../snapshot/resource-paths.ts';
import type { System } from '../../system.ts';
import type { ConnectionValues } from '../command.ts';
import { connectToCluster } from '../connection/connect.ts';
import { quietSystem } from '../quiet-system.ts';

type ValueCompletion = Extract<Completion, { of: 'value' }>;

/**
 * Looks up names in the kubeconfig or the live cluster.
 *
 * @param patience all requests end when this signal is aborted
 * @throws the same errors as a command with this connection
 */
export async function candidatesFor(
  what: Completable,
  { operands, flags }: ValueCompletion,
  { system, patience }: { readonly system: System; readonly patience: AbortSignal },
): Promise<Candidate[]> {
  if (what === 'check') return checkCandidates('with-groups');
  if (what === 'one-check') return checkCandidates('alone');
  // A credential plugin must not ask or print anything while the user is typing.
  const quiet = quietSystem(system, patience);
  const values = Object.fromEntries(flags) as unknown as ConnectionValues;
  const connection = await connectToCluster(values, quiet);
  patience.addEventListener('abort', () => connection.close(), { once: true });
  try {
    const namespace = flags.get('all-namespaces') === 'true' ? null : connection.namespace;
    return await lookUp(what, { connection, namespace, skyCluster: operands[0] ?? '' });
  } finally {
    connection.close();
  }
}

interface LookUp {
  readonly connection: Connection;
  readonly namespace: string | null;
  /** The first word after the name of the command. */
  readonly skyCluster: string;
}

async function lookUp(what: Completable, { connection, namespace, skyCluster }: LookUp): Promise<Candidate[]> {
  const { allContexts } = connection;
  const named = async (kind: ResourceKind) => (await metadataOf(connection, kind, null)).map(nameOf);
  switch (what) {
    case 'context':
      return unique(allContexts.map(({ name }) => name));
    case 'cluster':
      return unique(allContexts.map(({ cluster }) => cluster));
    case 'user':
      return unique(allContexts.map(({ user }) => user));
    case 'namespace':
      return unique(await named('Namespace'));
    case 'node':
      return unique(await named('Node'));
    case 'node-address':
      return nodeAddresses(connection);
    case 'ingress-class':
      return unique(await named('IngressClass'));
    case 'sky-cluster':
      return unique((await metadataOf(connection, 'Pod', namespace, clusterNameLabel)).map(displayNameOf));
    case 'port':
    case 'open-port':
    case 'our-port': {
      const { portsOf } = await import('../sky-cluster/declared-ports.ts');
      return unique((await portsOf(what, skyCluster, { connection, namespace })).map(String));
    }
    default:
      return [];
  }
}

/** The addresses that `annotate` proposes, in the same order. */
async function nodeAddresses({ api }: Connection): Promise<Candidate[]> {
  const [{ nodesRequest }, { nodeCandidates }] = await Promise.all([
    import('../../modes/nodeport/mode.ts'),
    import('../../exposure/controllers/node-candidates.ts'),
  ]);
  const { path, ...query } = nodesRequest;
  const { items } = await api.list<Node>(path, { ...query, firstPageOnly: true });
  return nodeCandidates(items, { onNodes: undefined }).map(({ address, node, type }) => ({
    value: address,
    describe: `${type} of node ${node}`,
  }));
}

async function metadataOf(
  { api }: Connection,
  kind: ResourceKind,
  namespace: string | null,
  labelSelector?: string,
): Promise<WithMetadata[]> {
  const query = { metadataOnly: true, firstPageOnly: true, labelSelector };
  return (await api.list<WithMetadata>(collectionPath(kind, namespace), query)).items;
}

const nameOf = ({ metadata }: WithMetadata): string => metadata?.name ?? '';

/**
 * The display name, if every shell reads it as a plain word. Otherwise the name on the cloud, which needs no quotes:
 * Kubernetes allows only letters, digits, `-`, `_` and `.` in it.
 */
function displayNameOf({ metadata }: WithMetadata): string {
  const displayName = metadata?.annotations?.[displayNameAnnotation];
  const nameOnCloud = metadata?.labels?.[clusterNameLabel] ?? '';
  return displayName !== undefined && isPlainName(displayName) ? displayName : nameOnCloud;
}

function unique(values: readonly string[]): Candidate[] {
  return [...new Set(values)].filter((value) => value !== '' && !value.startsWith('-')).map((value) => ({ value }));
}

async function checkCandidates(extent: 'with-groups' | 'alone'): Promise<Candidate[]> {
  const [{ allChecks }, { groups }] = await Promise.all([
    import('../../doctor/all-checks.ts'),
    import('../../doctor/define-check.ts'),
  ]);
  const checks = allChecks.map(({ id, title }) => ({ value: id, describe: title }));
  if (extent === 'alone') return checks;
  return [...checks, ...groups.map((group) => ({ value: group, describe: 'all checks of this group' }))];
}
