import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { hostAndPort } from '../exposure/url.ts';
import { controllerPageOf, type Page, saysTlsWanted } from '../platforms/controller-pages.ts';
import type { HttpAnswer, ProbeTarget } from '../snapshot/probe.ts';
import { version } from '../version.ts';
import type { Deadline } from './deadline.ts';
import type { PageFacts } from './look-at-page.ts';

/**
 * Finds facts in a page. The page itself is not kept.
 *
 * @param at the URL of the page
 */
export type LookAtPage = (page: Page, isHtml: boolean, at: string) => Promise<PageFacts> | PageFacts;

/** How many bytes of a short body are read. They are enough to recognize the error page of a controller. */
export const readBytes = 2048;
/** How many bytes of an HTML page are read. */
const pageBytes = 256 * 1024;
/** If no data arrives for this time, the page counts as complete. It may be a stream without an end. */
const longestPauseMs = 500;
/** How much time is kept for looking at a page. Reading it ends this long before the time limit. */
const lookMs = 200;
/** The maximum length of a redirect's URL. A longer URL would not fit into a message, so it is ignored. */
const longestLocation = 512;

/** An answer, and the URL to which it redirects. `leadsTo` is the whole URL. `answer` contains it without the query. */
export interface Asked {
  readonly answer: HttpAnswer;
  readonly leadsTo: URL | undefined;
  /** `performance.now()` when the first part of the answer arrived. Without an answer, when the call ended. */
  readonly at: number;
}

/** The parts of a target that a request contains. */
export type HttpTarget = Pick<ProbeTarget, 'host' | 'port' | 'scheme' | 'path'>;

/**
 * Requests the URL on an open connection, then closes the connection.
 *
 * @param look finds facts in the page; undefined if pages are not looked at
 */
export async function askOverHttp(
  socket: Socket,
  target: HttpTarget,
  deadline: Deadline,
  look: LookAtPage | undefined,
): Promise<Asked> {
  const { request } = await import('node:http');
  let soFar: Omit<Asked, 'at'> & { readonly at?: number } = {
    answer: { outcome: 'silent', status: 0, page: null },
    leadsTo: undefined,
  };
  const answered = new Promise<Omit<Asked, 'at'>>((resolve) => {
    const nothing = (outcome: HttpAnswer['outcome']) =>
      resolve({ answer: { outcome, status: 0, page: null }, leadsTo: undefined });
    const sent = request({
      createConnection: () => socket,
      path: target.path === '' ? '/' : target.path,
      setDefaultHeaders: false,
      headers: { ...ownHeadersOf(target), accept: '*/*', connection: 'close' },
    });
    sent.once('response', (message) => {
      const status = message.statusCode ?? 0;
      const leadsTo = redirectOf(message, target);
      const answer: HttpAnswer = { outcome: 'answered', status, page: null, ...redirectFields(message, leadsTo) };
      soFar = { answer, leadsTo, at: performance.now() };
      const isHtml = look !== undefined && isReadableHtml(message);
      readBody(message, bytesToRead(message, isHtml, look !== undefined), deadline)
        .then(async (body) => {
          const read = { status, body, headers: message.headers };
          const page = controllerPageOf(read);
          const wantsTls = saysTlsWanted(read);
          const facts = (await look?.(read, isHtml, urlOf(target))) ?? {};
          resolve({ answer: { ...answer, page, ...(wantsTls && { wantsTls }), ...facts }, leadsTo });
        })
        .catch(() => resolve({ answer, leadsTo }));
    });
    sent.once('error', (error: NodeJS.ErrnoException) =>
      nothing(error.code?.startsWith('HPE_') ? 'no-http' : 'closed'),
    );
    // A server that sends data before the request does not speak HTTP.
    sent.end();
  });
  try {
    const asked = (await deadline.within(answered, undefined)) ?? soFar;
    return { ...asked, at: soFar.at ?? performance.now() };
  } finally {
    socket.destroy();
  }
}

/** The headers that every request of a probe contains. */
export function ownHeadersOf(target: Pick<HttpTarget, 'host' | 'port' | 'scheme'>) {
  return { host: hostHeaderOf(target), 'user-agent': `kubectl-skyports/${version}` };
}

/**
 * Finds out which app sent a page, and which of its links lead out of the path prefix.
 *
 * @param prefix without a final slash; undefined if pages are not looked at
 */
export function lookingBelow(prefix: string | undefined): LookAtPage | undefined {
  if (prefix === undefined) return undefined;
  return async (page, isHtml, at) => (await import('./look-at-page.ts')).lookAtPage(page, isHtml, at, prefix);
}

function isReadableHtml({ headers }: IncomingMessage): boolean {
  const encoding = headers['content-encoding'] ?? 'identity';
  return /^text\/html\b/i.test(headers['content-type'] ?? '') && encoding === 'identity';
}

/**
 * How many bytes of a body are read. The body of an error or a redirect shows which program sent it. The body of a
 * successful answer may be a stream without an end. So it is read only if it is HTML, or if its length is known and
 * short.
 */
function bytesToRead({ statusCode = 0, headers }: IncomingMessage, isHtml: boolean, looks: boolean): number {
  if (isHtml) return pageBytes;
  const length = Number(headers['content-length'] ?? Number.NaN);
  return statusCode >= 300 || (looks && length <= readBytes) ? readBytes : 0;
}

/**
 * The beginning of the body. Reading ends after this number of bytes, at a long pause, or shortly before the deadline.
 */
export function readBody(message: IncomingMessage, bytes: number, deadline: Deadline): Promise<string> {
  if (bytes === 0) return Promise.resolve('');
  return new Promise((resolve) => {
    let body = '';
    const done = () => {
      clearTimeout(pause);
      clearTimeout(end);
      resolve(body.slice(0, bytes));
    };
    let pause = setTimeout(done, longestPauseMs);
    const end = setTimeout(done, Math.max(0, deadline.leftMs - lookMs));
    message.setEncoding('latin1');
    message.on('data', (chunk: string) => {
      body += chunk;
      if (body.length >= bytes) return done();
      clearTimeout(pause);
      pause = setTimeout(done, longestPauseMs);
    });
    message.once('end', done);
    message.once('error', done);
  });
}

/**
 * The URL to which an answer redirects. Undefined if it does not redirect, or if the URL is too long or is not http or
 * https.
 */
function redirectOf({ statusCode = 0, headers }: IncomingMessage, target: HttpTarget): URL | undefined {
  const { location } = headers;
  if (![301, 302, 303, 307, 308].includes(statusCode) || location === undefined) return undefined;
  const from = urlOf(target);
  if (!URL.canParse(location, from)) return undefined;
  const url = new URL(location, from);
  return /^https?:$/.test(url.protocol) && url.href.length <= longestLocation ? url : undefined;
}

function redirectFields({ headers }: IncomingMessage, leadsTo: URL | undefined) {
  if (!leadsTo) return {};
  const location = `${leadsTo.origin}${leadsTo.pathname}${leadsTo.search === '' ? '' : '?'}`;
  return { location, ...(headers['set-cookie'] && { setsCookie: true }) };
}

function urlOf({ scheme, host, port, path }: HttpTarget): string {
  return `${scheme}://${hostAndPort(host, port)}${path === '' ? '/' : path}`;
}

function hostHeaderOf({ host, port, scheme }: Pick<HttpTarget, 'host' | 'port' | 'scheme'>): string {
  const implied = port === (scheme === 'https' ? 443 : 80);
  const withPort = hostAndPort(host, port);
  return implied ? withPort.replace(/:\d+$/, '') : withPort;
}
