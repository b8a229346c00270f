import { type AccessList, accessListOf } from '../../exposure/access.ts';
import { type Endpoint, isOpenedInAdvance } from '../../exposure/endpoint.ts';
import { scopeOf } from '../../exposure/scope.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { allModes } from '../../modes/all-modes.ts';
import { servePage } from '../../platforms/controller-pages.ts';
import { isServePort } from '../../skypilot/controllers.ts';
import { type AddressProbe, type HttpAnswer, lastHttpOf, probeKey } from '../../snapshot/probe.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { whyUntold } from './known-senders.ts';
import { targetsOf } from './probe-targets.ts';
import { type RedirectFault, redirectFaultOf } from './redirects.ts';

/** The result of a call to a port's URL. */
export interface Answer {
  /**
   * `answered`: the app answered. If `why` is set, the answer may be from its controller. If `from` is set, this
   * controller answered, for example with a 401. The address and the rule are then correct. `controller`: the ingress
   * controller answered with an error page. `connected`: an app accepts the connection but does not speak HTTP.
   * `silent`: the connection opens, but a required answer is missing (HTTP of a controller, or TLS of an https port).
   * `closed`: the connection opens and is closed without an answer. `redirect`: a redirect leads to no answer.
   */
  readonly outcome:
    | 'answered'
    | 'controller'
    | 'connected'
    | 'silent'
    | 'closed'
    | 'redirect'
    | 'refused'
    | 'timeout'
    | 'unreachable'
    | 'unknown-name'
    | 'not-called';
  /** The HTTP status; null if there was none. */
  readonly status: number | null;
  /** The controller that answered in place of the app; null if none did. */
  readonly from: string | null;
  readonly tookMs: number | null;
  /** The text in the table: `200 in 12 ms`, `404 from ingress-nginx`, `404 from the app or its controller`. */
  readonly text: string;
  /** Why the port was not called, or why the call proves nothing; null otherwise. */
  readonly why: string | null;
  /** Set if the app redirects callers to its login. */
  readonly toLogin?: true;
}

/** An answer, and the URL that was called. */
export interface CalledUrl extends Answer {
  readonly url: string;
}

/** The state of a port after a call, for users who wait for the port. */
export type Standing = 'answers' | 'nothing-listens' | 'not-called' | 'waits';

/**
 * The best answer from the addresses of a row.
 *
 * @param probes the calls by `probeKey`
 * @param view the index that contains the row's controller; undefined if it was not built
 */
export function answerOf(
  row: Endpoint,
  probes: ReadonlyMap<string, AddressProbe>,
  view: SnapshotIndex | undefined,
): Answer {
  const targets = targetsOf(row);
  if (targets.length === 0) return notCalled(whyUncalled(row));
  const met = targets
    .flatMap((target) => probes.get(probeKey(target)) ?? [])
    .map((probe) => answerTo(row, probe, view));
  if (met.length === 0) return notCalled('it was not called');
  return met.sort((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome))[0]!;
}

/** The answers of each address, in the order of the rows. Addresses that were not called are left out. */
export function answersOf(rows: readonly Endpoint[], view: SnapshotIndex): CalledUrl[] {
  const probes = new Map(itemsOf(view.snapshot.topics.probes).map((probe) => [probeKey(probe), probe]));
  return rows.flatMap((row) =>
    targetsOf(row).flatMap((target) => {
      const probe = probes.get(probeKey(target));
      return probe && row.url !== null ? [{ url: row.url, ...answerTo(row, probe, view) }] : [];
    }),
  );
}

/** Whether the port itself answered: the app by HTTP, or something that accepts the connection. */
export function isAnswer({ outcome }: Answer): boolean {
  return outcome === 'answered' || outcome === 'connected';
}

/** The answer as a sentence: `http://…:8888 answers 200 in 12 ms`. */
export function answerSentence({ url, outcome, text }: CalledUrl): string {
  return outcome === 'answered' ? `${url} answers ${text}` : `${url} takes connections`;
}

/** The answer for a port that was not called. */
export function notCalled(why: string): Answer {
  return { ...nothing, outcome: 'not-called', text: 'not called', why };
}

/**
 * The state of a port after a call. An error page of the controller may only mean that the controller has not loaded
 * the rule yet.
 */
export function standingOf({ mode }: Endpoint, answer: Answer): Standing {
  if (isAnswer(answer)) return 'answers';
  // An app with another protocol may close the connection when it receives HTTP.
  if (answer.outcome === 'closed' && allModes[mode].answeredBy === 'app') return 'answers';
  const { outcome, status, why, text } = answer;
  if (outcome === 'not-called' || why !== null) return 'not-called';
  if (text === noService || (outcome === 'refused' && allModes[mode].answeredBy === 'app')) return 'nothing-listens';
  return outcome === 'controller' && status === 502 ? 'nothing-listens' : 'waits';
}

/** The text for a port that SkyPilot opened in advance, if SkyServe has no service there. */
const noService = 'no service';

const nothing = { status: null, from: null, tookMs: null, why: null } as const;

const order: readonly Answer['outcome'][] = [
  ...(['answered', 'connected', 'controller', 'redirect', 'silent', 'closed', 'refused', 'timeout'] as const),
  ...(['unreachable', 'unknown-name', 'not-called'] as const),
];

function answerTo(row: Endpoint, probe: AddressProbe, view: SnapshotIndex | undefined): Answer {
  const { names, host } = probe;
  const answer = answerAt(row, probe, view);
  if (!names.some(({ name, outcome }) => name === host && outcome !== 'resolved')) return answer;
  // The name in the URL may not resolve for callers, although the address answers.
  const why = host !== probe.address && isAnswer(answer) ? `${host} does not resolve on this machine` : null;
  return { ...answer, outcome: 'unknown-name', text: unknownName, why };
}

const unknownName = 'name does not resolve';

/** The answer of the address, even if the name in the URL does not resolve. */
function answerAt(row: Endpoint, probe: AddressProbe, view: SnapshotIndex | undefined): Answer {
  const { mode } = row;
  const { connection, proxy, certificate, followed } = probe;
  const http = lastHttpOf(probe);
  const tookMs = probe.tookMs ?? null;
  if (isUnusedServePort(row, probe)) {
    return { ...nothing, outcome: 'refused', tookMs, text: http?.outcome === 'closed' ? 'closed' : noService };
  }
  const fault = redirectFaultOf(probe);
  if (fault) {
    const { status, page: from } = fault.answer;
    // A redirect to another place may lead to the app.
    const outcome = fault.severity === 'error' ? 'redirect' : 'answered';
    return { ...nothing, outcome, status, from: from ?? null, tookMs, text: `${status} ${redirectWords[fault.kind]}` };
  }
  if (http?.outcome === 'answered') {
    const { status, page } = http;
    // A 401 or 403 is an answer too: the address and the rule are correct.
    if (page && (status < 400 || status === 401 || status === 403))
      return { ...nothing, outcome: 'answered', status, from: page, tookMs, text: `${status} from ${page}` };
    if (page && status >= 400)
      return { ...nothing, outcome: 'controller', status, from: page, tookMs, text: `${status} from ${page}` };
    const untold = status >= 400 ? whyUntold(http, row, view) : undefined;
    if (untold !== undefined) {
      const text = `${status} from the app or its controller`;
      return { ...nothing, outcome: 'answered', status, tookMs, text, why: untold };
    }
    const toLogin = isToLogin(http);
    const how = `${toLogin ? ' to its login' : ''}${followed ? ' by https' : ''}`;
    const text = `${status}${how}${tookMs === null ? '' : ` in ${tookMs} ms`}`;
    return { ...nothing, outcome: 'answered', status, tookMs, text, ...(toLogin && { toLogin }) };
  }
  if (http?.outcome === 'closed') return { ...nothing, outcome: 'closed', tookMs, text: 'connects, then closes' };
  if (connection?.outcome === 'open') {
    const text = http || !certificate ? 'connects, no HTTP' : `connects, no TLS (${certificate.code})`;
    // SkyServe's load balancer answers every HTTP request. So a silent port cannot be an app with another protocol.
    const isServing = http?.outcome === 'silent' && isServePort(row, row.port);
    const isApp = Boolean(http) && allModes[mode].answeredBy === 'app' && !isServing;
    return { ...nothing, outcome: isApp ? 'connected' : 'silent', tookMs, text };
  }
  const why =
    typeof proxy === 'string' ? `this machine calls ${probe.host} through the proxy ${proxy}` : privateWhy(probe);
  if (connection?.outcome === 'refused') {
    return { ...nothing, outcome: 'refused', text: 'refused', why: typeof proxy === 'string' ? why : null };
  }
  if (connection?.outcome === 'unreachable') return { ...nothing, outcome: 'unreachable', text: 'unreachable', why };
  if (connection) return { ...nothing, outcome: 'timeout', text: 'timeout', why };
  if (probe.names.some(({ outcome }) => outcome !== 'resolved')) {
    return { ...nothing, outcome: 'unknown-name', text: unknownName };
  }
  return notCalled('there was no time to call it');
}

/**
 * Whether a call shows that SkyServe has no service on a port. SkyPilot opens the ports of SkyServe in advance. There
 * are three signs: the call is refused, an ingress controller answers 502, or a load balancer accepts and closes the
 * connection. The last sign is not certain, because SkyServe also closes the connection if the service has TLS.
 */
export function isUnusedServePort(row: Endpoint, { connection, http }: AddressProbe): boolean {
  if (row.managedBy !== 'skypilot' || !isServePort(row, row.port)) return false;
  if (allModes[row.mode].answeredBy === 'app') return connection?.outcome === 'refused' || http?.outcome === 'closed';
  return http?.outcome === 'answered' && http.status === 502 && Boolean(http.page) && http.page !== servePage;
}

/**
 * The row after a call. A port that SkyPilot opened in advance is Ready if SkyServe listens on it, even if no replica
 * of the service is ready. `access` shows that the app refused the call.
 */
export function rowAfterCall(row: Endpoint, answer: Answer): Endpoint {
  const isInUse = (isAnswer(answer) && answer.why === null) || answer.from === servePage || answer.outcome === 'silent';
  const access = accessAfterCall(row.access, answer);
  const known = access === row.access ? row : { ...row, access };
  return isOpenedInAdvance(row) && isInUse ? { ...known, state: 'Ready', reason: '' } : known;
}

/**
 * What asks callers, after a call. A 401 or 403 that a controller sends shows that something asks, even if the objects
 * on the path do not: for example, a login for all Ingresses of the controller.
 */
function accessAfterCall(access: AccessList, { outcome, status, from, why, toLogin }: Answer): AccessList {
  const isRefused = outcome === 'answered' && (status === 401 || status === 403);
  if (!isRefused && !toLogin) return access;
  if (from === null && why === null) return accessListOf([...access, 'app']);
  return access.includes('none') ? ['unknown'] : access;
}

/** Whether an app redirects to its own login. Jupyter, marimo, code-server and Grafana have such a path. */
function isToLogin({ location }: HttpAnswer): boolean {
  if (!location || !URL.canParse(location)) return false;
  return /\/(?:login|log_in|log-in|signin|sign_in|sign-in|auth-sign-in)(?:\/|$)/i.test(new URL(location).pathname);
}

/** The rows after the calls in a snapshot. */
export function rowsAfterCalls(rows: readonly Endpoint[], view: SnapshotIndex): Endpoint[] {
  const { probes } = view.snapshot.topics;
  if (!rows.some(isOpenedInAdvance)) return [...rows];
  const byKey = new Map(itemsOf(probes).map((probe) => [probeKey(probe), probe]));
  return rows.map((row) => (isOpenedInAdvance(row) ? rowAfterCall(row, answerOf(row, byKey, view)) : row));
}

/** The text for each fault of a redirect. It follows the HTTP status. */
const redirectWords: Readonly<Record<RedirectFault['kind'], string>> = {
  loop: 'in a circle',
  'https-dead': 'to https, no answer',
  'other-port': 'to another port',
  'other-host': 'to another host',
  'out-of-path': 'out of its path',
};

function privateWhy({ address, names }: AddressProbe): string | null {
  const led = names.find(({ name }) => name === address)?.addresses ?? [address];
  const isPrivate = led.length > 0 && led.every((each) => scopeOf(each) === 'private');
  return isPrivate ? `${address} is a private address that this machine does not reach` : null;
}

function whyUncalled({ mode, protocol, url }: Endpoint): string {
  if (protocol !== 'TCP') return `${protocol} ports are not called`;
  if (allModes[mode].calledFrom === 'kubernetes-cluster') return 'its address works only inside the Kubernetes cluster';
  return url === null ? 'it has no URL' : 'its host is a wildcard';
}
