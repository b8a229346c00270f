// node test/probes/listeners.ts: real listeners of every kind, and what the probes find there; prints it as JSON. Run where no
// network is (test/helpers/isolated.ts).

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { probeAddresses } from '../../src/probes/probe-addresses.ts';
import type { AddressProbe, ProbeTarget } from '../../src/snapshot/probe.ts';
import { createAuthority, issueCertificate } from '../cluster/certificates.ts';
import { startNameServer } from './name-server.ts';

const resolver = '127.0.0.53';
const resolvConf = join(tmpdir(), 'resolv.conf');
writeFileSync(resolvConf, `nameserver ${resolver}\noptions timeout:10 attempts:1\n`);
execFileSync('mount', ['--bind', resolvConf, '/etc/resolv.conf']);
// A network on which nobody answers: what is sent to its one neighbour vanishes.
for (const args of [
  'link add quiet0 type veth peer name quiet1',
  'addr add 198.18.0.1/24 dev quiet0',
  'link set quiet0 up',
  'link set quiet1 up',
  'neigh add 198.18.0.9 lladdr 02:00:00:00:00:09 dev quiet0',
])
  execFileSync('ip', args.split(' '));
await startNameServer(
  () => ({
    'app.test': ['127.0.0.1'],
    'both.test': ['::1', '127.0.0.1'],
    'half.test': ['127.0.0.1', '198.18.0.1'],
    'private.test': ['198.18.0.9'],
    'silent.test': null,
  }),
  resolver,
);

/** Starts a server and gives its port. */
function listening(server: Server, host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, host, () => resolve((server.address() as { port: number }).port));
  });
}

const issuer = { commonName: 'Probes' };
const authority = createAuthority(issuer.commonName);
const tls = (subject: object, by = authority) => {
  const { certificate, privateKey } = issueCertificate(by, issuer, {
    commonName: 'app.test',
    hosts: ['app.test', '127.0.0.1'],
    ...subject,
  });
  return { cert: certificate, key: privateKey };
};
const hello: RequestListener = (request, response) => {
  response.setHeader('x-host', request.headers.host ?? '');
  response.end('hello');
};
const nginxPage = (title: string) =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
const answering = (status: number, body = '', headers = {}): Promise<number> =>
  listening(createHttpServer((_, response) => response.writeHead(status, headers).end(body)));
const https = (options: object) => listening(createHttpsServer(options, hello));

const closed = createServer();
const refusing = await listening(closed);
const app = await listening(createHttpServer(hello));
let asked = { host: '', path: '' };
const recording = await listening(
  createHttpServer(({ headers, url }, response) => {
    asked = { host: headers.host ?? '', path: url ?? '' };
    response.end();
  }),
);

const secureApp = await https(tls({}));
/** Redirects to https at a port, on the host that was called. */
const redirecting = (port: number, path = '/lab?token=secret') =>
  listening(
    createHttpServer(({ headers }, response) => {
      const host = (headers.host ?? '').replace(/:\d+$/, '');
      response.writeHead(308, { location: `https://${host}:${port}${path}` }).end(nginxPage('308 Permanent Redirect'));
    }),
  );

const at = (port: number, more: Partial<ProbeTarget> = {}): ProbeTarget => {
  const address = more.address ?? '127.0.0.1';
  return { address, port, scheme: 'http', host: address, path: '', ...more };
};
const secure = { scheme: 'https', host: 'app.test' } as const;
const targets: Readonly<Record<string, ProbeTarget>> = {
  '200': at(app),
  'by name': at(app, { address: 'app.test' }),
  'by another host': at(recording, { host: 'app.test', path: '/skyports/a/b/8888' }),
  '301': at(await answering(301, '', { location: 'http://elsewhere.test/' })),
  'a redirect to the https port': at(await redirecting(secureApp), { address: 'app.test', httpsPort: secureApp }),
  'a redirect to another https port': at(await redirecting(secureApp), { address: 'app.test', httpsPort: refusing }),
  'a redirect without an https port': at(await redirecting(secureApp), { address: 'app.test' }),
  'a redirect to an https port that refuses': at(await redirecting(refusing), { httpsPort: refusing }),
  'a redirect to a cookie': at(await answering(302, '', { location: '?again', 'set-cookie': 'a=b' }), { path: '/p' }),
  '400 of a TLS port': at(await answering(400, nginxPage('400 The plain HTTP request was sent to HTTPS port'))),
  '404 of an app': at(await answering(404, '{"detail":"Not Found"}')),
  '404 of an app on nginx': at(await answering(404, nginxPage('404 Not Found').replace('nginx<', 'nginx/1.27.1<'))),
  '404 of ingress-nginx': at(await answering(404, nginxPage('404 Not Found'))),
  '404 of Traefik': at(await answering(404, '404 page not found\n')),
  '404 of a default backend': at(await answering(404, 'default backend - 404')),
  '500': at(await answering(500, 'Internal Server Error')),
  '502 of ingress-nginx': at(await answering(502, nginxPage('502 Bad Gateway'))),
  '503 of ingress-nginx': at(await answering(503, nginxPage('503 Service Temporarily Unavailable'))),
  '503 of an app': at(await answering(503, 'loading the model')),
  'a stream of errors': at(
    await listening(createHttpServer((_, response) => response.writeHead(500).write('it never ends'))),
  ),
  'says nothing': at(await listening(createServer())),
  'greets like SSH': at(await listening(createServer((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n')))),
  'hangs up': at(await listening(createServer((socket) => socket.once('data', () => socket.destroy())))),
  refuses: at(refusing),
  'no answer': at(80, { address: '198.18.0.9' }),
  'no route': at(80, { address: '203.0.113.1' }),
  'no such name': at(app, { address: 'nowhere.test' }),
  'a name that nobody answers': at(app, { address: 'silent.test' }),
  'a name that leads away': at(app, { host: 'private.test' }),
  'a name of both families': at(app, { address: 'both.test' }),
  'a name whose first address is dead': at(await listening(createHttpServer(hello), '198.18.0.1'), {
    address: 'half.test',
  }),
  IPv6: at(await listening(createHttpServer(hello), '::1'), { address: '::1' }),
  'a good certificate': at(await https(tls({})), secure),
  'an expired one': at(
    await https(tls({ validFrom: new Date('2020-01-01'), validUntil: new Date('2020-02-01') })),
    secure,
  ),
  'a foreign one': at(await https(tls({}, createAuthority(issuer.commonName))), secure),
  'one without its intermediate': at(
    await https(tls({ issuerUrl: 'http://authority.test/ca.crt' }, createAuthority(issuer.commonName))),
    secure,
  ),
  'one for another host': at(await https(tls({ commonName: 'other.test', hosts: ['other.test'] })), secure),
  'no TLS at all': at(app, secure),
};
/** Only the time limit ends calls of these. */
const silent = new Set(['says nothing', 'no answer', 'a name that nobody answers']);

const html = { 'content-type': 'text/html; charset=utf-8' };
const titled = (title: string, body = '') => `<html><head><title>${title}</title></head><body>${body}</body></html>`;
const script = '<script src="./a.js"></script><link rel="stylesheet" href="/x.css?token=secret">';
const below = { path: '/skypilot/ns/train/8501/' };
const marimoOrigins: string[] = [];
let hugeBytes = 0;
/** When a call of the page that does not end was over. */
let closedAt: number[] = [];
/** A page with a websocket, whose handshakes `accepts` decides about. */
const withWebsocket = async (page: string, accepts: (origin: string) => boolean | 'close', options?: object) => {
  const answer: RequestListener = (_, response) => response.writeHead(200, html).end(page);
  const server = options ? createHttpsServer(options, answer) : createHttpServer(answer);
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    const accepted = accepts(request.headers.origin ?? '');
    if (accepted === true) sockets.handleUpgrade(request, socket, head, () => {});
    else if (accepted === 'close') socket.destroy();
    else socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
  });
  return listening(server);
};
/** JupyterLab: its page, and its answer at the path that it keeps for its users. */
const jupyter = (status: number, body: string) =>
  listening(
    createHttpServer(({ url }, response) => {
      if (url === below.path) response.writeHead(200, html).end(titled('JupyterLab'));
      else if (url === `${below.path}api/status`)
        response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
      else response.writeHead(403).end();
    }),
  );
const isOwn = (origin: string) => !origin.endsWith('.invalid');
const securePage = await withWebsocket(titled('Streamlit', script), isOwn, tls({}));
const pages: Readonly<Record<string, ProbeTarget>> = {
  'a page': at(await withWebsocket(titled('Streamlit', script), isOwn), below),
  'a page at the root': at(await withWebsocket(titled('Streamlit', script), () => true)),
  'a page by TLS': at(await redirecting(securePage, below.path), {
    address: 'app.test',
    httpsPort: securePage,
    ...below,
  }),
  'a page whose websocket is refused': at(await withWebsocket(titled('Streamlit'), () => false), below),
  'a page whose websocket is closed': at(await withWebsocket(titled('Streamlit'), () => 'close'), below),
  'a page behind a proxy without websockets': at(await answering(200, titled('Streamlit'), html), below),
  'a page whose websocket is not to be tried': at(
    await withWebsocket(titled('marimo'), (origin) => {
      marimoOrigins.push(origin);
      return true;
    }),
    below,
  ),
  'a page that lets in every caller': at(await jupyter(200, '{"connections": 0, "kernels": 0}'), below),
  'a page that asks for a token': at(await jupyter(403, '{"message": "Forbidden", "reason": null}'), below),
  'a page that is redirected to its slash': at(
    await listening(
      createHttpServer(({ url }, response) => {
        if (url === below.path) response.writeHead(200, html).end(titled('TensorBoard', script));
        else response.writeHead(307, { location: `${url}/` }).end();
      }),
    ),
    below,
  ),
  'a page after a redirect': at(
    await listening(
      createHttpServer(({ url }, response) => {
        if (url === `${below.path}page`) response.writeHead(200, html).end(titled('code-server login', script));
        else response.writeHead(302, { location: './page?to=secret' }).end();
      }),
    ),
    below,
  ),
  'a page that does not end': at(
    await listening(
      createHttpServer((_, response) => {
        response.once('close', () => closedAt.push(performance.now()));
        response.writeHead(200, html).write(titled('MLflow', script));
      }),
    ),
    below,
  ),
  'a page that is huge': at(
    await listening(
      createHttpServer((_, response) => {
        response.writeHead(200, html);
        const more = (error?: Error | null) => {
          if (error) return;
          hugeBytes += 65_536;
          response.write('<a href="/">'.padEnd(65_536, ' '), more);
        };
        response.write(titled('Gradio', script), more);
      }),
    ),
    { path: '' },
  ),
  'a page that is compressed': at(await answering(200, 'x', { ...html, 'content-encoding': 'gzip' }), below),
  'a page of an error': at(
    await answering(404, titled('Jupyter Server', script), { ...html, server: 'TornadoServer/6' }),
  ),
  'a refused host': at(await answering(403, 'Invalid Host header - possible DNS rebinding attack detected')),
  'a redirect of Jupyter': at(await answering(302, '', { location: '/lab?', server: 'TornadoServer/6.5' }), below),
  'a short text': at(await answering(200, 'Ollama is running', { 'content-length': '17' })),
  'a stream of events': at(
    await listening(
      createHttpServer((_, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data')),
    ),
  ),
  'a redirect of a controller': at(
    await answering(308, nginxPage('308 Permanent Redirect'), { location: '/x' }),
    below,
  ),
};

// Only now, since a further listener could get the port.
closed.close();
const proxyOf = (url: string) =>
  url.includes(`:${app}`) && url.startsWith('https') ? 'http://proxy.test:3128' : undefined;
const isSilent = ([name]: [string, ProbeTarget]) => silent.has(name);
const entries = Object.entries(targets);
const silentTargets = Object.fromEntries(entries.filter(isSilent));
const otherTargets = Object.fromEntries(entries.filter((entry) => !isSilent(entry)));
// The limit is long, because a loaded machine would turn answers into silence. The usual one is for those that are silent.
const options = { proxyOf: () => undefined, authorities: [authority.certificate], limitMs: 60_000 };
const others = await probeAddresses(Object.values(otherTargets), { ...options, proxyOf });
const started = performance.now();
const silence = await probeAddresses(Object.values(silentTargets), { proxyOf });
const milliseconds = performance.now() - started;
const looked = await probeAddresses(Object.values(pages), { ...options, looksAtPages: true });
const unlooked = await probeAddresses([pages['a page']!], options);
closedAt = [];
const endlessStarted = performance.now();
const endless = await probeAddresses([pages['a page that does not end']!], { ...options, looksAtPages: true });
const named = (of: Readonly<Record<string, ProbeTarget>>, found: readonly AddressProbe[]) =>
  Object.fromEntries(Object.keys(of).map((name, index) => [name, found[index]]));
process.stdout.write(
  JSON.stringify({
    ...{ milliseconds, asked, pages: named(pages, looked) },
    probes: { ...named(otherTargets, others), ...named(silentTargets, silence) },
    ...{ unlooked: unlooked[0], endless: endless[0], endlessMs: closedAt[0]! - endlessStarted },
    ...{ hugeBytes, marimoOrigins },
  }),
  () => process.exit(0),
);
