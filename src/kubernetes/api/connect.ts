import { arch } from 'node:os';
import { parseGoDuration } from '../../arguments/duration.ts';
import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { System } from '../../system.ts';
import { version } from '../../version.ts';
import { type Kubeconfig, readKubeconfig } from '../kubeconfig/kubeconfig.ts';
import type { ConnectionFlags } from '../kubeconfig/overrides.ts';
import { checkedNamespace, resolveTarget } from '../kubeconfig/target.ts';
import { RequestLog } from '../transport/request-log.ts';
import { Transport } from '../transport/transport.ts';
import { type Api, apiOver } from './requests.ts';

export type { ConnectionFlags } from '../kubeconfig/overrides.ts';

/** A connection to an API server as one user. No request is sent before the first call of `api`. */
export interface Connection {
  /** The name of the context. Empty in a Pod without kubeconfig, and if only `--server` is given. */
  readonly contextName: string;
  /**
   * The namespace from `--namespace`. Without the flag, it is the namespace of the context. If the context has none, it
   * is `default`, or the Pod's own namespace in a Pod without kubeconfig. Reading this property throws a UsageError if
   * the name is invalid.
   */
  readonly namespace: string;
  readonly server: string;
  readonly allContexts: readonly {
    readonly name: string;
    readonly namespace: string | undefined;
    readonly cluster: string;
    readonly user: string;
  }[];
  readonly api: Api;
  /**
   * The present time of the API server, computed from its last answer. Before the first answer, it is the time of this
   * machine.
   */
  now(): Date;
  /** Closes the connections that are kept open, so that the process can exit. */
  close(): void;
  /**
   * Connects to another context of the same kubeconfig. Of the flags, only `--request-timeout` and `-v` still apply,
   * because a token for one server must not be sent to another server.
   */
  withContext(name: string): Connection;
}

/**
 * Finds the server and the user that kubectl would use with these flags.
 * @param mountRoot the folder in which the path of a Pod's service account begins; `/` except in tests
 * @throws UsageError for an invalid kubeconfig or invalid flags; NoKubeconfigError if no server is known
 */
export async function connect(flags: ConnectionFlags, system: System, mountRoot = '/'): Promise<Connection> {
  return connectionTo(readKubeconfig(flags.kubeconfig, system), flags, system, mountRoot);
}

/** The contexts of the kubeconfig, and how to connect to each of them. */
export interface Contexts {
  readonly names: readonly string[];
  /** @throws UsageError if the kubeconfig has no such context, or the entry is invalid */
  connectTo(name: string): Connection;
}

/**
 * Reads the contexts of the kubeconfig. The kubeconfig need not have a current context.
 *
 * @param flags the flags that apply to every context
 */
export function contextsOf(
  flags: Pick<ConnectionFlags, 'kubeconfig' | 'namespace' | 'requestTimeout' | 'verbosity'>,
  system: System,
): Contexts {
  const kubeconfig = readKubeconfig(flags.kubeconfig, system);
  return {
    names: [...kubeconfig.contexts.keys()],
    connectTo: (name) => connectionTo(kubeconfig, { ...flags, context: name }, system, '/'),
  };
}

function connectionTo(kubeconfig: Kubeconfig, flags: ConnectionFlags, system: System, mountRoot: string): Connection {
  const timeoutMs = parseRequestTimeoutMs(flags.requestTimeout);
  const target = resolveTarget(kubeconfig, flags, system, mountRoot);
  const log = (flags.verbosity ?? 0) >= 6 ? new RequestLog(flags.verbosity!, system.stderr) : undefined;
  const userAgent = `kubectl-skyports/${version} (${system.platform}/${arch()})`;
  const transport = new Transport(target, system, userAgent, log);
  return {
    contextName: target.contextName,
    get namespace() {
      return checkedNamespace(target.namespace);
    },
    server: target.server,
    allContexts: [...kubeconfig.contexts].map(([name, { namespace, cluster, user }]) => ({
      name,
      namespace,
      cluster: cluster ?? '',
      user: user ?? '',
    })),
    api: apiOver(transport, timeoutMs),
    now: () => transport.clock.now(),
    close: () => transport.close(),
    withContext: (name) => {
      const { requestTimeout, verbosity } = flags;
      return connectionTo(kubeconfig, { context: name, requestTimeout, verbosity }, system, mountRoot);
    },
  };
}

/**
 * Parses `--request-timeout` as kubectl does: whole seconds, or Go durations such as `1m30s` and `500ms`.
 * @returns milliseconds; 0 means no timeout
 * @throws UsageError for any other text; its message is that of kubectl
 */
function parseRequestTimeoutMs(text: string | undefined): number {
  if (!text || /^\d+$/.test(text)) return Number(text ?? 0) * 1000;
  const duration = parseGoDuration(text);
  if (duration !== undefined) return duration;
  throw new UsageError(
    'invalid-duration',
    'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
    [advice('write it like --request-timeout=30s')],
  );
}
