import type { AgentOptions, Agent as HttpsAgent } from 'node:https';
import { isIP } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { ConnectionOptions, PeerCertificate, TLSSocket } from 'node:tls';
import type { System } from '../../system.ts';
import type { Identity } from '../credentials/credentials.ts';
import type { Target } from '../kubeconfig/target.ts';
import { limitConnecting } from './connecting.ts';
import type { Line } from './exchange.ts';
import type { http2Line } from './http2.ts';
import { proxyOf } from './proxy.ts';
import { tlsOptions } from './tls-options.ts';
import { openTunnel } from './tunnel.ts';

/**
 * How long an idle connection is kept open, in milliseconds. Load balancers drop idle connections after 60 s or more,
 * and a write must not use a dropped connection.
 */
const idleLimitMs = 20_000;
/**
 * The maximum number of connections of HTTP/1.1, without watches. It is enough for the lists of a snapshot. A new
 * connection takes about 2 ms, so more requests wait in a queue.
 */
const maxConnections = 8;
/**
 * The time limit for each address of a host that has several, in milliseconds. Node's default of 250 ms is too short
 * for distant servers.
 */
const nextAddressAfterMs = 2000;

/**
 * The connections to one server: HTTP/2 as kubectl, with all requests over one connection, or HTTP/1.1 if the server or
 * a proxy has no HTTP/2. They stay open for later requests. If the client certificate changes, new ones are made.
 */
export class Lines {
  readonly #target: Target;
  readonly #system: System;
  readonly #ended = new AbortController();
  #current: { identity: Identity; line: Promise<Line> } | undefined;
  #agent: { identity: Identity; agent: Promise<HttpsAgent> } | undefined;
  /** All lines and agents that were created. Requests with an earlier identity may still be under way. */
  readonly #made: Promise<{ close(): void }>[] = [];

  constructor(target: Target, system: System) {
    this.#target = target;
    this.#system = system;
  }

  /**
   * The line for requests with this identity.
   *
   * @throws UsageError if a certificate is not valid; an error of node:net, node:tls or a proxy if no connection could
   * be made
   */
  async lineFor(identity: Identity): Promise<Line> {
    const current = this.#current;
    if (current && sameTls(current.identity, identity)) {
      const line = await current.line;
      if (!line.isClosed) return line;
      // While this request waited, another one may have made a new line.
      if (this.#current !== current) return this.lineFor(identity);
    }
    const line = this.#open(identity);
    const made = { identity, line };
    this.#current = made;
    this.#made.push(line);
    line.catch(() => {
      if (this.#current === made) this.#current = undefined;
    });
    return line;
  }

  /**
   * The agent for connections by HTTP/1.1, such as websockets.
   *
   * @throws UsageError if a certificate is not valid
   */
  agentFor(identity: Identity): Promise<HttpsAgent> {
    if (this.#agent && sameTls(this.#agent.identity, identity)) return this.#agent.agent;
    const agent = this.#makeAgent(identity);
    this.#agent = { identity, agent };
    this.#made.push(agent.then((made) => ({ close: () => made.destroy() })));
    return agent;
  }

  /** The certificate of the server, which is not verified; undefined if the server presents none. */
  async peerCertificate(identity: Identity): Promise<PeerCertificate | undefined> {
    const tls = await tlsOptions(this.#target, identity, this.#system);
    return readPeerCertificate(new URL(this.#target.server), tls, proxyOf(this.#target, this.#system.env));
  }

  close(): void {
    this.#ended.abort();
    for (const made of this.#made) made.then((each) => each.close()).catch(() => {});
    this.#current = undefined;
    this.#agent = undefined;
  }

  async #open(identity: Identity): Promise<Line> {
    const { server } = this.#target;
    if (server.startsWith('http:')) {
      const { request } = await import('node:http');
      return this.#http1(await this.agentFor(identity), request);
    }
    const connected = this.#system.env.DISABLE_HTTP2 ? undefined : await this.#connect(identity);
    if (connected?.socket.alpnProtocol === 'h2') return connected.http2Line(connected.socket, server, idleLimitMs);
    const [agent, { request }] = await Promise.all([this.agentFor(identity), import('node:https')]);
    if (connected) (await import('./http1.ts')).useFirst(agent, connected.socket);
    return this.#http1(agent, request);
  }

  async #http1(agent: HttpsAgent, request: typeof import('node:https').request): Promise<Line> {
    return (await import('./http1.ts')).http1Line(agent, request);
  }

  /** Opens a connection, and offers HTTP/2 and HTTP/1.1 in the TLS handshake. */
  async #connect(identity: Identity): Promise<{ socket: TLSSocket; http2Line: typeof http2Line }> {
    const [{ connect }, tls] = await Promise.all([
      import('node:tls'),
      tlsOptions(this.#target, identity, this.#system),
    ]);
    const { host, port } = placeOf(new URL(this.#target.server));
    const proxy = proxyOf(this.#target, this.#system.env);
    const through = proxy && { socket: await (await import('./tunnel.ts')).openTunnel(proxy, host, port, tls) };
    const socket = connect({
      ...{ host, port, servername: isIP(host) ? '' : host, autoSelectFamilyAttemptTimeout: nextAddressAfterMs },
      ...{ ...tls, ...through, ALPNProtocols: ['h2', 'http/1.1'] },
    });
    // While the server answers the handshake, load what is most probably needed next.
    const loading = setImmediate().then(() => import('./http2.ts'));
    const end = (reason: Error) => void socket.destroy(reason);
    const stop = limitConnecting(socket, end);
    const { signal } = this.#ended;
    const abort = () => end(new Error('the connection was closed'));
    signal.addEventListener('abort', abort, { once: true });
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('secureConnect', resolve);
        socket.on('error', reject);
        socket.once('close', () => reject(closedEarly()));
      });
      return { socket, ...(await loading) };
    } finally {
      stop();
      signal.removeEventListener('abort', abort);
    }
  }

  async #makeAgent(identity: Identity): Promise<HttpsAgent> {
    const kept: AgentOptions = {
      keepAlive: true,
      maxSockets: maxConnections,
      timeout: idleLimitMs,
      autoSelectFamilyAttemptTimeout: nextAddressAfterMs,
    };
    const proxy = proxyOf(this.#target, this.#system.env);
    if (this.#target.server.startsWith('http:')) return plainAgent(kept, proxy);
    const [{ Agent }, tls] = await Promise.all([
      import('node:https'),
      tlsOptions(this.#target, identity, this.#system),
    ]);
    if (!proxy) return new Agent({ ...kept, ...tls });
    const { openTunnel } = await import('./tunnel.ts');
    const agent = new Agent({ ...kept, ...tls });
    const handshake = agent.createConnection.bind(agent);
    agent.createConnection = (options, done) => {
      const { host, port } = options as ConnectionOptions;
      openTunnel(proxy, host!, Number(port), tls).then(
        (socket) => done!(null, handshake({ ...options, socket } as AgentOptions)!),
        (error) => done!(error, undefined as never),
      );
      return undefined;
    };
    return agent;
  }
}

/** The error of node:http for a connection that the server closes during the handshake. */
function closedEarly(): NodeJS.ErrnoException {
  const error = new Error('Client network socket disconnected before secure TLS connection was established');
  return Object.assign(error, { code: 'ECONNRESET' });
}

function placeOf(server: URL): { host: string; port: number } {
  return { host: server.hostname.replace(/^\[|\]$/g, ''), port: Number(server.port || 443) };
}

async function plainAgent(kept: AgentOptions, proxy: URL | undefined): Promise<HttpsAgent> {
  const { Agent } = await import('node:http');
  if (!proxy?.protocol.startsWith('socks')) {
    return new Agent({ ...kept, ...(proxy && { proxyEnv: { HTTP_PROXY: proxy.href } }) }) as HttpsAgent;
  }
  const { openTunnel } = await import('./tunnel.ts');
  const agent = new Agent(kept);
  agent.createConnection = (options, done) => {
    openTunnel(proxy, options.host!, Number(options.port), {}).then(
      (socket) => done!(null, socket.resume()),
      (error) => done!(error, undefined as never),
    );
    return undefined;
  };
  return agent as HttpsAgent;
}

function sameTls(one: Identity, other: Identity): boolean {
  return String(one.tls.cert) === String(other.tls.cert) && String(one.tls.ca) === String(other.tls.ca);
}

const limitMs = 5000;

/**
 * Reads the certificate that a server presents, to describe it after it failed verification. Verifies nothing and sends
 * no request. Undefined if the server presents none.
 */
async function readPeerCertificate(
  server: URL,
  tls: ConnectionOptions,
  proxy: URL | undefined,
): Promise<PeerCertificate | undefined> {
  const { connect } = await import('node:tls');
  const where = placeOf(server);
  try {
    const through = proxy && { socket: await openTunnel(proxy, where.host, where.port, tls) };
    return await new Promise<PeerCertificate | undefined>((resolve) => {
      const socket: TLSSocket = connect({ ...tls, ...where, ...through, rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate());
        socket.destroy();
      });
      socket.setTimeout(limitMs, () => socket.destroy());
      socket.on('error', () => resolve(undefined)).on('close', () => resolve(undefined));
    });
  } catch {
    return undefined;
  }
}
