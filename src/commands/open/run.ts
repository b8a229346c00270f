import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { mappingOf } from '../../exposure/port-mapping.ts';
import { indexSnapshot } from '../../exposure/snapshot-index.ts';
import { schemeOf } from '../../exposure/url.ts';
import { collect } from '../../kubernetes/snapshots/collect.ts';
import { freeLocalPort } from '../../local/port-forward.ts';
import { findKubectl, openInBrowser } from '../../local/programs.ts';
import { resolveEndpoints } from '../../modes/resolve-endpoints.ts';
import { furtherRequests, rowRequests } from '../../modes/what-to-collect.ts';
import { headPodOf } from '../../skypilot/sky-cluster.ts';
import { unseenTopicError } from '../../snapshot/unseen-words.ts';
import type { System } from '../../system.ts';
import { type ConnectionValues, exitCodes } from '../command.ts';
import { connectToCluster } from '../connection/connect.ts';
import { type Answers, callEndpoints, settledRows } from '../endpoints/settle.ts';
import { isOpened } from '../forward/run.ts';
import { say } from '../messages.ts';
import { skyClusterNamed } from '../sky-cluster/sky-cluster-argument.ts';
import type { AppLogin } from './app-login.ts';
import { compareTrust, urlAtEndpoint, urlAtForward } from './app-url.ts';
import { choosePort, readOpenOperands } from './choose-port.ts';
import type { OpenFlagValues } from './command.ts';
import { keepForwarding } from './keep-forwarding.ts';
import { changedLogin, readLogin } from './read-login.ts';

/** Runs `open`; returns the exit code. */
export async function runOpen(
  operands: readonly string[],
  flags: OpenFlagValues,
  connectionValues: ConnectionValues,
  system: System,
): Promise<number> {
  const { name, port: named } = readOpenOperands(operands);
  const env = callsUrls(flags) ? system.env : { ...system.env, SKYPORTS_PROBE: 'false' };
  const connection = await connectToCluster(connectionValues, system);
  try {
    const { namespace } = connection;
    const look = { namespace, requests: rowRequests({ namespace }), followUp: furtherRequests };
    const snapshot = await collect(connection, look);
    const view = indexSnapshot(snapshot);
    const { pods } = snapshot.topics;
    const lookup = { skyClusters: view.skyClusters, namespace, pods, prefix: true };
    const skyCluster = await skyClusterNamed(name, lookup, connection, system);
    if (!pods.observed) {
      throw unseenTopicError('pods', pods, namespace, 'so the head Pod is unknown');
    }
    const port = named ?? (await choosePort(view, skyCluster, flags, system));
    const rows = resolveEndpoints(view, { skyClusters: [skyCluster], ports: [port] }).filter(isOpened);
    const podPort = rows[0] ? mappingOf(rows[0], skyCluster).targetPort : port;
    const head = headPodOf(skyCluster);
    const [answers, login] = await Promise.all([
      callEndpoints(rows, snapshot, { env, probeLimitMs: system.probeLimitMs }),
      head && readLogin(connection, head, podPort, system),
    ]);
    const url = bestUrl(answers, login, system);
    if (url !== undefined) {
      await show(url, flags, system);
      sayPassword(login, system);
      return exitCodes.fine;
    }
    sayWhyForward(port, answers, system);
    const kubectl = findKubectl(system);
    const localPort = await freeLocalPort(podPort);
    const servicePort = rows.length > 0 ? port : undefined;
    const forwarding = {
      ...{ kubectl, connection, connectionValues, skyCluster, snapshot, system },
      ...{ localPort, podPort, servicePort },
    };
    const showLogin = async (of: AppLogin | undefined) => {
      await show(urlAtForward(localPort, of, schemeOf({ port: podPort }) === 'https'), flags, system);
      sayPassword(of, system);
    };
    let isFirst = true;
    let shown = login;
    return await keepForwarding(forwarding, async (to, over) => {
      if (isFirst) {
        isFirst = false;
        say(
          system,
          `port ${localPort} of this machine leads to port ${podPort} of ${skyCluster.displayName}, until Ctrl-C`,
        );
        return showLogin(shown);
      }
      const changed = shown && (await changedLogin(connection, to, { port: podPort, before: shown }, over));
      if (!changed) return;
      shown = changed;
      say(system, `${changed.app} has started again, with a new login`);
      await showLogin(changed);
    });
  } finally {
    connection.close();
  }
}

function callsUrls({ probe }: OpenFlagValues): boolean {
  if (probe === undefined || probe === 'true') return true;
  if (probe === 'false') return false;
  throw new UsageError('invalid-choice', `--probe=${probe}: unknown`, [advice('--probe takes false')]);
}

/**
 * The URL of the first endpoint that answers when this machine calls it, and that reaches the app. Any user who may
 * create a Service can create an endpoint that leads to a server of that user. So an endpoint of another owner does not
 * get the token.
 */
function bestUrl(answers: Answers, login: AppLogin | undefined, system: System): string | undefined {
  const answering = settledRows(answers)
    .filter(({ row, standing, answer }) => row.url !== null && standing === 'answers' && answer.outcome === 'answered')
    .map(({ row }) => ({ endpoint: row.url!, isForeign: row.managedBy === 'other' }));
  for (const { endpoint, isForeign } of answering.sort(compareTrust)) {
    const url = urlAtEndpoint(endpoint, login);
    if (url !== undefined) {
      say(system, `${endpoint} answers`);
      if (!isForeign || login === undefined) return url;
      say(system, 'it opens without the token, because neither SkyPilot nor this plugin made this endpoint');
      return endpoint;
    }
    say(system, `${endpoint} answers, but ${login?.app} serves its pages at ${login?.basePath}`);
  }
  return undefined;
}

function sayWhyForward(port: number, answers: Answers, system: System): void {
  const [first] = [...answers] as [Endpoint, { readonly text: string; readonly why: string | null }][];
  if (!first) {
    say(system, `port ${port} is not open, so it is forwarded`);
    return;
  }
  const [{ url, state }, { text, why }] = first;
  const fact = url === null ? `port ${port} is ${state}` : `${url}: ${text}${why === null ? '' : ` (${why})`}`;
  say(system, `${fact}; so port ${port} is forwarded`);
}

/**
 * Opens the URL in the browser, or prints it on stdout. Also prints it if no browser can be opened. The URL contains
 * the token, so it appears nowhere else.
 */
async function show(url: string, { print }: OpenFlagValues, system: System): Promise<void> {
  if (!print) {
    const failure = await openInBrowser(url, system).catch((error: Error) => error);
    if (!failure) return;
    say(system, `${failure.message}; open this URL yourself:`);
  }
  system.stdout.line(url);
}

/**
 * Prints the app's password, because a URL cannot contain it. If stderr is not a terminal, prints where the password
 * is, because the output may be kept in a log.
 */
function sayPassword(login: AppLogin | undefined, { stderr }: System): void {
  if (!login?.password) return;
  const shown = stderr.isTerminal ? `: ${login.password}` : ' of ~/.config/code-server/config.yaml in the Pod';
  stderr.line(`${login.app} asks for the password${shown}`);
}
