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

/** A connection to an API server as one user. No request is made before the first call of `api`. */
export interface Connection {
  /** Empty in a Pod without kubeconfig, and if only `--server` is given. */
  readonly contextName: string;
  /**
   * The namespace from `--namespace`. Without the flag, the namespace of the context, and if it has none, `default`. In
   * a Pod without kubeconfig, the Pod's namespace replaces `default`. The getter throws a UsageError if the name is not
   * valid.
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
  /** The API server's time, computed from its last answer; before the first answer, this machine's time. */
  now(): Date;
  /** Closes the kept connections, so that the process can exit. */
  close(): void;
  /**
   * Connects to another context of the same kubeconfig. Of the flags, only `--request-timeout` and `-v` stay in effect,
   * because a token for one server must not be sent to another.
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
 * @returns milliseconds; 0 means without a timeout
 * @throws UsageError with kubectl's wording
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
