import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { hostAndPort } from '../exposure/url.ts';
import { controllerPageOf, saysTlsWanted } from '../platforms/controller-pages.ts';
import type { HttpAnswer, ProbeTarget } from '../snapshot/probe.ts';
import { version } from '../version.ts';
import type { Deadline } from './deadline.ts';

/** The number of bytes of a body that are read. They are enough to recognize a controller's own page. */
const readBytes = 2048;
/** The maximum length of a redirect's URL. A longer URL is ignored, because it is of no use in a message. */
const longestLocation = 512;

/** An answer, and the URL that it redirects to. `leadsTo` contains the query, but `answer` does not. */
export interface Asked {
  readonly answer: HttpAnswer;
  readonly leadsTo: URL | undefined;
}

/** Requests the URL on an open connection, then closes the connection. */
export async function askOverHttp(
  socket: Socket,
  target: Pick<ProbeTarget, 'host' | 'port' | 'scheme' | 'path'>,
  deadline: Deadline,
): Promise<Asked> {
  const { request } = await import('node:http');
  let soFar: Asked = { answer: { outcome: 'silent', status: 0, page: null }, leadsTo: undefined };
  const answered = new Promise<Asked>((resolve) => {
    const nothing = (outcome: HttpAnswer['outcome']) =>
      resolve({ answer: { outcome, status: 0, page: null }, leadsTo: undefined });
    const sent = request({
      createConnection: () => socket,
      path: target.path === '' ? '/' : target.path,
      setDefaultHeaders: false,
      headers: {
        host: hostHeaderOf(target),
        'user-agent': `kubectl-skyports/${version}`,
        accept: '*/*',
        connection: 'close',
      },
    });
    sent.once('response', (message) => {
      const status = message.statusCode ?? 0;
      let body = '';
      const leadsTo = redirectOf(message, target);
      const answer: HttpAnswer = { outcome: 'answered', status, page: null, ...redirectFields(message, leadsTo) };
      soFar = { answer, leadsTo };
      const done = () => {
        const page = controllerPageOf({ status, body, headers: message.headers });
        const wantsTls = saysTlsWanted({ status, body });
        resolve({ answer: { ...answer, page, ...(wantsTls && { wantsTls }) }, leadsTo });
      };
      // The body of an error or a redirect is needed to recognize the page. The body of a successful answer is not read,
      // because it may be an endless stream.
      if (status < 300) return done();
      message.setEncoding('latin1');
      message.on('data', (chunk: string) => {
        body += chunk;
        if (body.length >= readBytes) done();
      });
      message.once('end', done);
      message.once('error', done);
    });
    sent.once('error', (error: NodeJS.ErrnoException) =>
      nothing(error.code?.startsWith('HPE_') ? 'no-http' : 'closed'),
    );
    // If a server sends data before it gets the request, it does not speak HTTP.
    sent.end();
  });
  try {
    return (await deadline.within(answered, undefined)) ?? soFar;
  } finally {
    socket.destroy();
  }
}

/**
 * The URL that a redirect leads to. Undefined if the answer is not a redirect, or if the URL is too long or not http or
 * https.
 */
function redirectOf(
  { statusCode = 0, headers }: IncomingMessage,
  target: Pick<ProbeTarget, 'host' | 'port' | 'scheme' | 'path'>,
): URL | undefined {
  const { location } = headers;
  if (![301, 302, 303, 307, 308].includes(statusCode) || location === undefined) return undefined;
  const from = `${target.scheme}://${hostAndPort(target.host, target.port)}${target.path}`;
  if (!URL.canParse(location, from)) return undefined;
  const url = new URL(location, from);
  return /^https?:$/.test(url.protocol) && url.href.length <= longestLocation ? url : undefined;
}

function redirectFields({ headers }: IncomingMessage, leadsTo: URL | undefined) {
  if (!leadsTo) return {};
  const location = `${leadsTo.origin}${leadsTo.pathname}${leadsTo.search === '' ? '' : '?'}`;
  return { location, ...(headers['set-cookie'] && { setsCookie: true }) };
}

function hostHeaderOf({ host, port, scheme }: Pick<ProbeTarget, 'host' | 'port' | 'scheme'>): string {
  const implied = port === (scheme === 'https' ? 443 : 80);
  const withPort = hostAndPort(host, port);
  return implied ? withPort.replace(/:\d+$/, '') : withPort;
}
