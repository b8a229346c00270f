import type { AddressProbe, HttpAnswer } from '../../snapshot/probe.ts';
import { withoutFinalSlash } from '../../snapshot/text.ts';
import type { Severity } from '../define-check.ts';

/** A redirect that does not lead a caller to the app. */
export interface RedirectFault {
  readonly kind: 'loop' | 'https-dead' | 'other-port' | 'other-host' | 'out-of-path';
  readonly severity: Severity;
  /** The rest of a sentence that begins with the URL: `redirects to another host, https://example.com`. */
  readonly text: string;
  /** The URL that the redirect leads to. */
  readonly location: string;
  /** The answer that redirects: the first answer, or the https answer after a redirect was followed. */
  readonly answer: HttpAnswer;
}

interface Hop {
  /** The URL that was called. */
  readonly at: URL;
  readonly answer: HttpAnswer;
}

/** Hosts that only the Pod, or only its Kubernetes cluster, can call. */
const insideHosts = /^(?:localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\]|(?!\[)[^.]+|.+\.svc|.+\.cluster\.local)$/;

/** The fault of a call's redirects. Undefined if the call was not redirected, or if the redirects lead to the app. */
export function redirectFaultOf(probe: AddressProbe): RedirectFault | undefined {
  const hops = hopsOf(probe);
  const called = new Set<string>();
  for (const { at, answer } of hops) {
    called.add(at.href);
    const { location } = answer;
    if (!location || !URL.canParse(location)) continue;
    const to = new URL(location);
    if (probe.followed && answer === probe.http) continue;
    // A redirect of the controller to the same URL without its final slash is a loop, too.
    const isTurned = answer.page !== null && [...called].some((each) => sameButSlash(each, to.href));
    const fault = faultOf(to, isTurned || called.has(to.href), probe);
    if (fault && !(fault.kind === 'loop' && answer.setsCookie)) return { ...fault, location, answer };
  }
  return deadEnd(probe);
}

function sameButSlash(a: string, b: string): boolean {
  return withoutFinalSlash(a) === withoutFinalSlash(b);
}

/** The URLs that were called, and their answers. */
function hopsOf({ scheme, host, port, path, http, followed }: AddressProbe): Hop[] {
  const first = urlOf(scheme, host, port, path);
  const second = followed ? urlOf('https', host, followed.port, followed.path) : undefined;
  return [
    ...(first && http?.outcome === 'answered' ? [{ at: first, answer: http }] : []),
    ...(second && followed?.http?.outcome === 'answered' ? [{ at: second, answer: followed.http }] : []),
  ];
}

function faultOf(
  to: URL,
  isLoop: boolean,
  { scheme, host, port, path, httpsPort }: AddressProbe,
): Omit<RedirectFault, 'answer' | 'location'> | undefined {
  const shown = `${to.origin}${to.pathname}`;
  if (isLoop) {
    return {
      kind: 'loop',
      severity: 'error',
      text: `redirects back to ${shown}: no caller gets through`,
    };
  }
  const from = urlOf(scheme, host, port, path);
  if (!from) return undefined;
  if (to.hostname !== from.hostname) {
    const isInside = insideHosts.test(to.hostname);
    return {
      kind: 'other-host',
      severity: isInside ? 'error' : 'warning',
      text: isInside ? `redirects to ${shown}, which only works inside` : `redirects to another host, ${to.origin}`,
    };
  }
  const toPort = portOf(to);
  if (toPort !== port && toPort !== httpsPort) {
    const isHttps = scheme === 'http' && to.protocol === 'https:';
    return {
      kind: 'other-port',
      severity: isHttps ? 'error' : 'warning',
      text: isHttps
        ? `redirects to https at port ${toPort}, and ${httpsPort === undefined ? 'no https port of it is known' : `its https port is ${httpsPort}`}`
        : `redirects to port ${toPort} of the same host, which is not the port that was called`,
    };
  }
  const prefix = withoutFinalSlash(path);
  const isWithin = prefix === '' || to.pathname === prefix || to.pathname.startsWith(`${prefix}/`);
  if (isWithin) return undefined;
  return { kind: 'out-of-path', severity: 'warning', text: `redirects outside its path, to ${to.pathname}` };
}

/**
 * The fault of a redirect to https that was followed and got no answer. Undefined if https answers, or if no redirect
 * was followed.
 */
function deadEnd({ http, followed }: AddressProbe): RedirectFault | undefined {
  if (!followed || !http) return undefined;
  const { port, connection, certificate } = followed;
  const location = http.location ?? '';
  const at = { kind: 'https-dead', severity: 'error', location, answer: http } as const;
  if (connection.outcome !== 'open') {
    const how = { refused: 'refuses the connection', 'no-answer': 'does not answer', unreachable: 'is unreachable' };
    return { ...at, text: `redirects to https, and port ${port} ${how[connection.outcome]}` };
  }
  if (certificate?.validTo === '') {
    return { ...at, text: `redirects to https, and port ${port} does not speak TLS (${certificate.code})` };
  }
  return undefined;
}

function urlOf(scheme: string, host: string, port: number, path: string): URL | undefined {
  const text = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}${path}`;
  return URL.canParse(text) ? new URL(text) : undefined;
}

function portOf({ protocol, port }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}
