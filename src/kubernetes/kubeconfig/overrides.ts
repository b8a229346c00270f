import { resolve } from 'node:path';
import { nearestOf } from '../../arguments/nearest.ts';
import { typedLine, withFlagValue } from '../../arguments/typed-line.ts';
import { type Cure, command, cure, lastOperand } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { System } from '../../system.ts';
import type { Kubeconfig } from './kubeconfig.ts';
import type { KubeconfigCluster, KubeconfigContext, KubeconfigUser } from './kubeconfig-file.ts';

/** kubectl's connection flags. An empty value counts as not set, as in kubectl. */
export interface ConnectionFlags {
  kubeconfig?: string | undefined;
  context?: string | undefined;
  cluster?: string | undefined;
  user?: string | undefined;
  namespace?: string | undefined;
  server?: string | undefined;
  token?: string | undefined;
  as?: string | undefined;
  asGroup?: readonly string[] | undefined;
  asUid?: string | undefined;
  /** The values of `--as-user-extra`, each as `key=value`. */
  asUserExtra?: readonly string[] | undefined;
  clientCertificate?: string | undefined;
  clientKey?: string | undefined;
  certificateAuthority?: string | undefined;
  insecureSkipTlsVerify?: boolean | undefined;
  tlsServerName?: string | undefined;
  /** The value of `--request-timeout`, such as `0`, `30`, `5s` or `1m`. */
  requestTimeout?: string | undefined;
  /** The value of `-v`. */
  verbosity?: number | undefined;
}

/** One context of the kubeconfig, changed by the flags. Nothing is validated yet. */
export interface Choice {
  contextName: string;
  clusterName: string;
  userName: string;
  /** Undefined if neither the flag nor the context sets a namespace. */
  namespace: string | undefined;
  cluster: KubeconfigCluster;
  user: KubeconfigUser;
}

/**
 * Applies kubectl's flags to the kubeconfig, with the rules of client-go `clientcmd.DirectClientConfig`. A flag
 * replaces a field of the entry. Some flags also replace related fields.
 * @throws UsageError if a flag names a context, cluster or user that the kubeconfig does not have
 */
export function chooseTarget(kubeconfig: Kubeconfig, flags: ConnectionFlags, system: System): Choice {
  const contextName = flags.context || kubeconfig.currentContext;
  const context: KubeconfigContext = kubeconfig.contexts.get(contextName) ?? {};
  if (contextName && !kubeconfig.contexts.has(contextName))
    throw missingContext(contextName, kubeconfig, flags, system);
  const clusterName = flags.cluster || context.cluster || '';
  const userName = flags.user || context.user || '';
  const cluster = kubeconfig.clusters.get(clusterName);
  const user = kubeconfig.users.get(userName);
  if (clusterName && !cluster) {
    const fact = `no server found for cluster "${clusterName}": there is no such cluster in the kubeconfig`;
    const meant = meantName(clusterName, kubeconfig.clusters, '--cluster', system);
    throw new UsageError('unknown-cluster', fact, [
      ...meant,
      cure(command`kubectl config get-clusters`, 'lists the clusters'),
    ]);
  }
  if (userName && !user) {
    // In kubectl's message, a user is an "auth info". If the context names a user that does not exist, kubectl itself
    // asks for a password.
    const fact = flags.user
      ? `auth info "${userName}" does not exist`
      : `user "${userName}" was not found for context "${contextName}"`;
    throw new UsageError('unknown-user', fact, [
      ...meantName(userName, kubeconfig.users, '--user', system),
      cure(command`kubectl config get-users`, 'lists the users'),
    ]);
  }
  return {
    contextName,
    clusterName,
    userName,
    namespace: flags.namespace || context.namespace,
    cluster: overrideCluster(cluster ?? {}, flags, system),
    user: overrideUser(user ?? {}, flags, system),
  };
}

function missingContext(name: string, kubeconfig: Kubeconfig, flags: ConnectionFlags, system: System): UsageError {
  const fact = `context was not found for specified context: ${name}`;
  const [first, ...others] = kubeconfig.contexts.keys();
  if (first === undefined) {
    const view = cure(command`kubectl config view`, 'shows what the kubeconfig has');
    return new UsageError('unknown-context', `${fact} (the kubeconfig has none)`, [view]);
  }
  const names = [first, ...others.slice(0, 9), ...(others.length > 9 ? ['…'] : [])].join(', ');
  const nearest = nearestOf(name, [first, ...others]);
  const meant = nearest ?? first;
  const note =
    nearest === undefined ? `uses the ${others.length ? 'first' : 'only'} one` : `did you mean "${nearest}"?`;
  const line = flags.context ? withFlagValue(system.args, ['--context'], meant) : undefined;
  return new UsageError('unknown-context', `${fact} (the kubeconfig has ${names})`, [
    ...(line ? [typedLine(line, note)] : []),
    ...(flags.context ? [] : [cure(command`kubectl config use-context ${lastOperand(meant)}`, note)]),
    ...(line || !flags.context ? [] : [cure(command`kubectl config get-contexts`, 'lists the contexts')]),
  ]);
}

/**
 * The user's command with the most similar name that exists. Empty if no name is similar, or if no flag contains the
 * name.
 */
function meantName(name: string, known: ReadonlyMap<string, unknown>, flag: string, { args }: System): Cure[] {
  const nearest = nearestOf(name, [...known.keys()]);
  const line = nearest === undefined ? undefined : withFlagValue(args, [flag], nearest);
  return line ? [typedLine(line, `did you mean "${nearest}"?`)] : [];
}

function overrideCluster(cluster: KubeconfigCluster, flags: ConnectionFlags, system: System): KubeconfigCluster {
  const merged = { ...cluster, server: flags.server || cluster.server };
  if (flags.insecureSkipTlsVerify || flags.certificateAuthority) {
    merged.insecureSkipTlsVerify = flags.insecureSkipTlsVerify;
    merged.certificateAuthority = fromHere(flags.certificateAuthority, system);
    merged.certificateAuthorityData = undefined;
  }
  // With --server, the kubeconfig's tls-server-name does not apply, because another server has another certificate. The
  // kubeconfig's certificate authority still applies.
  if (flags.tlsServerName || flags.server) merged.tlsServerName = flags.tlsServerName || undefined;
  return merged;
}

function overrideUser(user: KubeconfigUser, flags: ConnectionFlags, system: System): KubeconfigUser {
  const merged = {
    ...user,
    token: flags.token || user.token,
    as: flags.as || user.as,
    asUid: flags.asUid || user.asUid,
    asGroups: flags.asGroup?.length ? flags.asGroup : user.asGroups,
    asUserExtra: flags.asUserExtra?.length
      ? { ...user.asUserExtra, ...userExtra(flags.asUserExtra) }
      : user.asUserExtra,
  };
  if (flags.clientCertificate) {
    merged.clientCertificate = fromHere(flags.clientCertificate, system);
    merged.clientCertificateData = undefined;
  }
  if (flags.clientKey) {
    merged.clientKey = fromHere(flags.clientKey, system);
    merged.clientKeyData = undefined;
  }
  return merged;
}

/** Parses `key=value` pairs. A repeated key has several values. As in kubectl, a pair without `=` is ignored. */
function userExtra(pairs: readonly string[]): Record<string, string[]> {
  const extra: Record<string, string[]> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 0) continue;
    const key = pair.slice(0, at);
    extra[key] = [...(extra[key] ?? []), pair.slice(at + 1)];
  }
  return extra;
}

function fromHere(path: string | undefined, system: System): string | undefined {
  return path ? resolve(system.cwd, path) : undefined;
}
