import type { Socket } from 'node:net';
import { hostAndPort } from '../exposure/url.ts';
import { controllerPageOf } from '../platforms/controller-pages.ts';
import type { HttpAnswer, ProbeTarget } from '../snapshot/probe.ts';
import { version } from '../version.ts';
import type { Deadline } from './deadline.ts';

/** How much of a body is read: enough to recognize a controller's own page. */
const readBytes = 2048;

/** Requests the URL on an open connection, then closes it. Redirects are not followed, because they lead to another address. */
export async function askOverHttp(socket: Socket, target: ProbeTarget, deadline: Deadline): Promise<HttpAnswer> {
  const { request } = await import('node:http');
  let soFar: HttpAnswer = { outcome: 'silent', status: 0, page: null };
  const answered = new Promise<HttpAnswer>((resolve) => {
    const nothing = (outcome: HttpAnswer['outcome']) => resolve({ outcome, status: 0, page: null });
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
      soFar = { outcome: 'answered', status, page: null };
      const done = () =>
        resolve({ outcome: 'answered', status, page: controllerPageOf({ status, body, headers: message.headers }) });
      // Only the body of an error is needed to recognize the page. A successful answer may be an endless stream.
      if (status < 400) return done();
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
    // A server that sends data before the request speaks another protocol.
    sent.end();
  });
  try {
    return (await deadline.within(answered, undefined)) ?? soFar;
  } finally {
    socket.destroy();
  }
}

function hostHeaderOf({ host, port, scheme }: ProbeTarget): string {
  const implied = port === (scheme === 'https' ? 443 : 80);
  const withPort = hostAndPort(host, port);
  return implied ? withPort.replace(/:\d+$/, '') : withPort;
}
