import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { typedLine, withFlagValue } from '../../arguments/typed-line.ts';
import { advice, type CommandPart, command, cure, lastOperand, part } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { isNamespaceName } from '../../snapshot/resource-paths.ts';
import type { System } from '../../system.ts';
import type { Kubeconfig } from './kubeconfig.ts';
import { NoKubeconfigError } from './kubeconfig-errors.ts';
import type { KubeconfigCluster, KubeconfigUser } from './kubeconfig-file.ts';
import { type Choice, type ConnectionFlags, chooseTarget } from './overrides.ts';
import { validateChoice } from './validation.ts';

/** One API server and one user, from the kubeconfig and the flags. */
export interface Target {
  /** The name of the context. Empty in a Pod without kubeconfig, and if only `--server` is given. */
  readonly contextName: string;
  readonly clusterName: string;
  readonly userName: string;
  /**
   * The namespace. It is validated here only if a flag sets it. The namespace of the context may not be needed at all,
   * for example with `-A`.
   */
  readonly namespace: string;
  /** An http or https URL without a trailing slash. The URL may have a path. */
  readonly server: string;
  readonly cluster: KubeconfigCluster;
  readonly user: KubeconfigUser;
  /** Where the target comes from, for messages: `context "kind-skypilot" of /home/me/.kube/config`. */
  readonly origin: string;
  /** The user, for messages: `user "me" of context "kind-skypilot" of /home/me/.kube/config`. */
  readonly who: string;
  /**
   * Flags with which kubectl chooses the same context, for suggested commands: `--kubeconfig F --context C`. They may
   * be empty.
   */
  readonly kubectlFlags: CommandPart;
}

/**
 * The server and the user that kubectl would choose with these files and flags.
 * @param mountRoot the folder in which the path of a Pod's service account begins; `/` except in tests
 * @throws UsageError if the files and flags contradict each other; NoKubeconfigError if no server is known
 */
export function resolveTarget(
  kubeconfig: Kubeconfig,
  flags: ConnectionFlags,
  system: System,
  mountRoot: string,
): Target {
  const choice = chooseTarget(kubeconfig, flags, system);
  if (flags.namespace) checkedNamespace(flags.namespace);
  if (!choice.cluster.server && !choice.clusterName) {
    // A kubeconfig without a current-context is an error. Check this first, so that the Pod's service account does not
    // hide it.
    if (kubeconfig.contexts.size && !choice.contextName) throw noContextChosen(kubeconfig);
    const inCluster = inClusterTarget(choice, flags, system, mountRoot);
    if (inCluster) return inCluster;
    if (!system.env.KUBERNETES_MASTER) throw noServer(kubeconfig, system);
    choice.cluster.server = system.env.KUBERNETES_MASTER;
  }
  if (!choice.cluster.server) {
    throw new UsageError('unknown-server', `no server found for cluster "${choice.clusterName}"`, [
      cure(
        command`kubectl config set-cluster --server=https://HOST:PORT ${lastOperand(choice.clusterName)}`,
        'HOST and PORT stand for the address of its API server',
      ),
    ]);
  }
  validateChoice(choice);
  const origin = originOf(choice.contextName, kubeconfig);
  return {
    ...choice,
    namespace: choice.namespace ?? 'default',
    server: serverUrl(choice.cluster.server, flags),
    origin,
    who: choice.userName ? `user "${choice.userName}" of ${origin}` : choice.contextName ? origin : 'who the flags say',
    kubectlFlags: part`${[
      ...(flags.kubeconfig ? ['--kubeconfig', flags.kubeconfig] : []),
      ...(choice.contextName ? ['--context', choice.contextName] : []),
    ]}`,
  };
}

/**
 * The URL of the server (client-go `rest.DefaultServerURL`). If the text has no scheme, it is a host and a port with
 * plain http.
 */
function serverUrl(written: string, flags: ConnectionFlags): string {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(written);
  const text = hasScheme ? written : `http://${written}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHostAndPort = hasScheme || url?.pathname === '/';
  if (!url?.hostname || !/^https?:$/.test(url.protocol) || !isHostAndPort) {
    throw new UsageError('invalid-server', `host must be a URL or a host:port pair: "${written}"`, [
      flags.server
        ? advice('write --server https://HOST:PORT, with the address of the API server')
        : cure(command`kubectl config view --minify`, 'shows the address, which is written https://HOST:PORT'),
    ]);
  }
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`;
}

/**
 * Checks the name of a namespace, before paths and suggested commands contain it.
 *
 * @throws UsageError if the name is not valid
 */
export function checkedNamespace(namespace: string): string {
  if (isNamespaceName(namespace)) return namespace;
  // client-go refuses such a name before it builds a path (`path.IsValidPathSegmentName`).
  const fault =
    namespace === '.' || namespace === '..'
      ? `may not be '${namespace}'`
      : /[/%]/.exec(namespace) && `may not contain '${/[/%]/.exec(namespace)}'`;
  const fact = fault
    ? `invalid namespace "${namespace}": [${fault}]`
    : `"${namespace}" is not a valid name of a namespace`;
  throw new UsageError('invalid-namespace', fact, [cure(command`kubectl get namespaces`, 'lists the namespaces')]);
}

function originOf(contextName: string, kubeconfig: Kubeconfig): string {
  const files = kubeconfig.files.join(', ');
  if (!contextName) return '--server';
  return `context "${contextName}" of ${files}`;
}

function noContextChosen(kubeconfig: Kubeconfig): UsageError {
  const [first, second] = kubeconfig.contexts.keys();
  return new UsageError(
    'no-context',
    `no context chosen: ${kubeconfig.files.join(', ')} ${kubeconfig.files.length > 1 ? 'have' : 'has'} no current-context`,
    [
      cure(
        command`kubectl config use-context ${lastOperand(first ?? 'NAME')}`,
        `chooses ${second === undefined ? 'the only one' : 'the first one'}`,
      ),
      ...(second === undefined ? [] : [cure(command`kubectl config get-contexts`, 'lists them all')]),
    ],
  );
}

function noServer(kubeconfig: Kubeconfig, { args }: System): NoKubeconfigError {
  const { missing, namedBy, files } = kubeconfig;
  const fact = missing.length
    ? `no kubeconfig: ${missing.join(', ')} (${namedBy}) ${missing.length > 1 ? 'do' : 'does'} not exist`
    : `${files.join(', ')} names no server`;
  const note = 'FILE stands for your kubeconfig; without the flag it is read from KUBECONFIG or ~/.kube/config';
  const line = withFlagValue(args, ['--kubeconfig'], 'FILE') ?? ['--kubeconfig', 'FILE', ...args];
  return new NoKubeconfigError(
    'no-kubeconfig',
    `Missing or incomplete configuration info: ${fact}, and this is not a Pod`,
    [typedLine(line, note)],
  );
}

const serviceAccount = 'var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The target in a Pod: the API server of the cluster, with the Pod's service account (client-go
 * `rest.InClusterConfig`). Undefined outside a Pod. The flags that choose a user still apply. kubectl differs here:
 * with `--as` or `--request-timeout`, it ignores the service account and connects to localhost:8080.
 */
function inClusterTarget(
  choice: Choice,
  flags: ConnectionFlags,
  system: System,
  mountRoot: string,
): Target | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port, POD_NAMESPACE } = system.env;
  const folder = join(mountRoot, serviceAccount);
  const tokenFile = join(folder, 'token');
  if (!host || !port || !existsSync(tokenFile)) return undefined;
  const authority = join(folder, 'ca.crt');
  const { cluster, user } = choice;
  const ownAuthority = cluster.certificateAuthority || cluster.insecureSkipTlsVerify;
  return {
    ...choice,
    contextName: '',
    userName: 'service account',
    namespace: choice.namespace || POD_NAMESPACE || textOf(join(folder, 'namespace')) || 'default',
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    cluster: ownAuthority || !existsSync(authority) ? cluster : { ...cluster, certificateAuthority: authority },
    user: flags.token ? user : { ...user, tokenFile },
    origin: 'the service account of this Pod',
    who: 'the service account of this Pod',
    kubectlFlags: part``,
  };
}

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
}
