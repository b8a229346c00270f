import { listeningSockets } from '../../snapshot/listening-sockets.ts';
import type { ListeningSocket, PodProbe } from '../../snapshot/probe.ts';
import { ApiError } from '../api/api-error.ts';
import type { Connection } from '../api/connect.ts';

/** A port of a Pod. */
export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** The time limit of each request, in milliseconds. */
const limitMs = 3000;

/**
 * Checks ports of Pods from inside the cluster. First, the API server calls each port (`pods/proxy`). If a port does
 * not answer, the listening sockets of its Pod are read, once for each Pod (`pods/exec`).
 */
export async function probePods(connection: Connection, ports: readonly PodPort[]): Promise<PodProbe[]> {
  const byPod = Map.groupBy(ports, ({ namespace, pod }) => `${namespace}/${pod}`);
  const probed = [...byPod.values()].map(async (ofPod) => {
    const proxies = await Promise.all(ofPod.map((port) => callThroughServer(connection, port)));
    const needed = proxies.some(({ outcome }) => outcome !== 'answers');
    const { listening, why } = needed ? await socketsIn(connection, ofPod[0]!) : { listening: null, why: '' };
    return ofPod.map((port, i) => ({ ...port, proxy: proxies[i]!, listening, why }));
  });
  return (await Promise.all(probed)).flat();
}

/**
 * Calls a port through the API server: `GET pods/NAME:PORT/proxy/`. If the API server cannot connect, it answers 503
 * with the reason.
 */
async function callThroughServer({ api }: Connection, { namespace, pod, port }: PodPort): Promise<PodProbe['proxy']> {
  try {
    const { status, body } = await api.getRaw(`/api/v1/namespaces/${namespace}/pods/${pod}:${port}/proxy/`, limitMs);
    const said = statusMessageOf(body);
    if (said === undefined) return { outcome: 'answers', message: `answers with ${status}` };
    if (status === 403)
      return { outcome: 'forbidden', message: 'calls through the API server are forbidden (get pods/proxy)' };
    if (/connection refused/.test(said)) return { outcome: 'refused', message: said };
    // These messages of the API server mean that the port accepted the connection, but did not answer with plain HTTP.
    return {
      outcome: /malformed HTTP|EOF|server gave HTTP response/.test(said) ? 'answers' : 'unknown',
      message: said,
    };
  } catch (error) {
    return { outcome: 'unknown', message: `the API server did not reach it (${(error as Error).message})` };
  }
}

/** The message of a Status, which the API server itself sends; undefined if the app answered. */
function statusMessageOf(body: string): string | undefined {
  try {
    const { kind, apiVersion, message } = JSON.parse(body);
    return kind === 'Status' && apiVersion === 'v1' ? String(message) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads the listening sockets of a Pod (`pods/exec`). If they cannot be read, the list is null, and `why` is the
 * reason.
 */
export async function socketsIn(
  { api }: Connection,
  { namespace, pod }: Omit<PodPort, 'port'>,
): Promise<{ listening: readonly ListeningSocket[] | null; why: string }> {
  try {
    // Without IPv6, the second file does not exist. Then `cat` fails, but it has already printed the first file.
    const command = ['cat', '/proc/net/tcp', '/proc/net/tcp6'];
    const { stdout, stderr, failure } = await api.exec({ namespace, pod, command }, limitMs);
    if (!stdout.includes('local_address'))
      return { listening: null, why: `its sockets cannot be read (${stderr.trim() || failure})` };
    return { listening: listeningSockets(stdout), why: '' };
  } catch (error) {
    const forbidden = error instanceof ApiError && error.isForbidden;
    return {
      listening: null,
      why: forbidden
        ? 'commands in the Pod are forbidden (create pods/exec)'
        : `no command ran in the Pod (${(error as Error).message})`,
    };
  }
}
