import type { IncomingMessage } from 'node:http';
import type { Agent, RequestOptions } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { unreachable } from './connection-failure.ts';
import type { Credentials, Identity } from './credentials.ts';
import type { RequestLog } from './request-log.ts';
import type { Target } from './target.ts';

/** One request to the API server. */
export interface Outgoing {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With its query, without the server. */
  readonly path: string;
  readonly body?: string | undefined;
  readonly contentType?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** 0: none. How long it may take until the answer has been read, or begins when `streaming`. */
  readonly timeoutMs: number;
  readonly streaming?: boolean | undefined;
}

/** The begun answer. Whoever gets it reads `message` to its end, or destroys it. */
export interface Incoming {
  readonly status: number;
  readonly message: IncomingMessage;
  readonly identity: Identity;
  /** Ends the time limit. */
  done(): void;
}

/** Go's net.Dialer in client-go (`transport/cache.go`), and its limit for the TLS handshake. */
const connectLimitMs = 30_000;
const handshakeLimitMs = 10_000;
/** Load balancers drop idle connections after 60 s and more; a write must not meet one that is being dropped. */
const idleLimitMs = 20_000;
/** More than the topics of a look and their watches together; an expose of 100 Ports queues here. */
const maxConnections = 16;

/** Sends requests over kept connections to one server as one user. */
export class Transport {
  readonly #target: Target;
  readonly #credentials: Credentials;
  readonly #log: RequestLog | undefined;
  readonly #userAgent: string;
  #agent: { agent: Agent; identity: Identity } | undefined;

  constructor(target: Target, credentials: Credentials, userAgent: string, log: RequestLog | undefined) {
    this.#target = target;
    this.#credentials = credentials;
    this.#userAgent = userAgent;
    this.#log = log;
  }

  /**
   * Resolves when the answer's headers are there, whatever its status.
   * @throws Failure that says why the server could not be reached; the signal's reason when it was aborted
   */
  async send(outgoing: Outgoing): Promise<Incoming> {
    const identity = await this.#credentials.identity();
    const client = this.#target.server.startsWith('http:') ? await import('node:http') : await import('node:https');
    const agent = identity.agent ?? (await this.#agentFor(identity));
    outgoing.signal?.throwIfAborted();
    const headers = {
      accept: 'application/json',
      'user-agent': this.#userAgent,
      ...(!this.#target.cluster.disableCompression && { 'accept-encoding': 'gzip' }),
      ...(outgoing.body !== undefined && {
        'content-type': outgoing.contentType ?? 'application/json',
        'content-length': Buffer.byteLength(outgoing.body),
      }),
      ...identity.headers,
    };
    const options = { method: outgoing.method, headers, agent, ...(identity.agent && identity.tls) } as RequestOptions;
    const logged = this.#log?.begin(outgoing, `${this.#target.server}${outgoing.path}`, headers);
    return new Promise((resolve, reject) => {
      const request = client.request(`${this.#target.server}${outgoing.path}`, options);
      const limit = outgoing.timeoutMs
        ? setTimeout(
            () => request.destroy(new TimedOut(`no answer within ${outgoing.timeoutMs / 1000}s`)),
            outgoing.timeoutMs,
          )
        : undefined;
      const abort = () => request.destroy(outgoing.signal!.reason);
      outgoing.signal?.addEventListener('abort', abort, { once: true });
      const done = () => {
        clearTimeout(limit);
        outgoing.signal?.removeEventListener('abort', abort);
      };
      limitConnecting(request);
      request.on('response', (message) => {
        if (outgoing.streaming) clearTimeout(limit);
        logged?.answered(message);
        resolve({ status: message.statusCode!, message, identity, done });
      });
      request.on('error', (error: NodeJS.ErrnoException) => {
        done();
        logged?.failed(error);
        if (outgoing.signal?.aborted) return reject(outgoing.signal.reason);
        if (outgoing.method === 'GET' && request.reusedSocket && isReset(error)) return resolve(this.send(outgoing));
        reject(unreachable(error, this.#target));
      });
      request.end(outgoing.body);
    });
  }

  /** After a 401: whether other credentials can be had for a second try. */
  renew(refused: Identity): Promise<boolean> {
    return this.#credentials.renew(refused);
  }

  /** The connections end as soon as nothing is under way on them. */
  close(): void {
    this.#agent?.agent.destroy();
  }

  /** One agent as long as the TLS identity stays; one parsed secure context for all its handshakes. */
  async #agentFor(identity: Identity): Promise<Agent> {
    if (this.#agent && sameTls(this.#agent.identity, identity)) return this.#agent.agent;
    const kept = { keepAlive: true, maxSockets: maxConnections, timeout: idleLimitMs };
    if (this.#target.server.startsWith('http:')) {
      const { Agent } = await import('node:http');
      this.#agent = { agent: new Agent(kept) as Agent, identity };
    } else {
      const [{ Agent }, { createSecureContext }] = await Promise.all([import('node:https'), import('node:tls')]);
      const { servername, rejectUnauthorized, ca, ...own } = identity.tls;
      // An empty list of authorities spares loading the default roots, which nothing is checked against.
      const authorities = rejectUnauthorized === false ? { ca: [] } : ca ? { ca } : {};
      const secureContext = createSecureContext({ ...own, ...authorities } as object);
      // Set by another request while this one waited for the imports?
      if (this.#agent && sameTls(this.#agent.identity, identity)) return this.#agent.agent;
      const agent = new Agent({
        ...kept,
        secureContext,
        ...(servername && { servername }),
        ...(rejectUnauthorized === false && { rejectUnauthorized }),
      });
      this.#agent = { agent, identity };
    }
    return this.#agent.agent;
  }
}

/** A limit of ours ran out. */
export class TimedOut extends Error {
  readonly code = 'ETIMEDOUT';
}

function limitConnecting(request: ReturnType<typeof import('node:https').request>): void {
  request.on('socket', (socket) => {
    if (!socket.connecting) return;
    let limit = setTimeout(() => request.destroy(new TimedOut('connect: i/o timeout')), connectLimitMs);
    const stop = () => clearTimeout(limit);
    request.once('close', stop);
    socket.once('connect', () => {
      stop();
      if (!(socket as TLSSocket).encrypted) return;
      limit = setTimeout(() => request.destroy(new TimedOut('net/http: TLS handshake timeout')), handshakeLimitMs);
    });
    socket.once('secureConnect', stop);
  });
}

function isReset(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ECONNRESET' || error.code === 'EPIPE';
}

function sameTls(one: Identity, other: Identity): boolean {
  return String(one.tls.cert) === String(other.tls.cert) && String(one.tls.ca) === String(other.tls.ca);
}
