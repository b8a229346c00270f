import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { RequestOptions } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import type { WebSocket } from 'ws';
import { goDurationText } from '../../arguments/duration.ts';
import { advice } from '../../errors/cure.ts';
import { Failure, InterruptedError } from '../../errors/failure.ts';
import type { System, TextOutput } from '../../system.ts';
import { type Credentials, credentialsOf, type Identity } from '../credentials/credentials.ts';
import type { Target } from '../kubeconfig/target.ts';
import { Agents } from './agents.ts';
import { connectionFailure, TimedOut } from './connection-failure.ts';
import type { RequestLog } from './request-log.ts';
import { whileWaiting } from './silence.ts';

/** One request to the API server. */
export interface Outgoing {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** The path with its query, without the server. */
  readonly path: string;
  readonly body?: string | undefined;
  readonly contentType?: string | undefined;
  /** The header `Accept`. Default: JSON. */
  readonly accept?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * The time limit in milliseconds; 0 means no limit. It applies until the whole answer has arrived. For `streaming`,
   * it applies only until the answer begins.
   */
  readonly timeoutMs: number;
  readonly streaming?: boolean | undefined;
}

/**
 * An answer whose headers have arrived. The caller has to read `message` to its end or destroy it, and then call
 * `done`.
 */
export interface Incoming {
  readonly status: number;
  readonly message: IncomingMessage;
  readonly identity: Identity;
  /** Ends the request. Its time limit stops, and an interrupted process no longer waits for it. */
  done(): void;
  logBody(text: string): void;
  /** The error to throw if reading `message` fails. */
  failure(error: Error): Promise<Error>;
}

/** After a write was sent, the connection broke or the time limit was reached. The server may have done the write. */
export class LostAnswerError extends Failure {
  override readonly name = 'LostAnswerError';
}

/** How long an interrupted process waits for the answers to its writes, in milliseconds. */
const interruptedWriteMs = 5000;

/** The time limits of client-go (`transport/cache.go`) for the connection and for the TLS handshake. */
const connectLimitMs = 30_000;
const handshakeLimitMs = 10_000;

/** Sends requests to one server as one user. Keeps the connections open for later requests. */
export class Transport {
  readonly target: Target;
  readonly clock: ServerClock;
  readonly #credentials: Credentials;
  readonly #agents: Agents;
  readonly #userAgent: string;
  readonly #log: RequestLog | undefined;
  readonly #warnings: Warnings;
  readonly #system: System;

  constructor(target: Target, system: System, userAgent: string, log: RequestLog | undefined) {
    this.#warnings = new Warnings(system.stderr);
    this.target = target;
    this.clock = new ServerClock(system.now);
    this.#system = system;
    this.#credentials = credentialsOf(target, system);
    this.#agents = new Agents(target, system);
    this.#userAgent = userAgent;
    this.#log = log;
  }

  /**
   * Sends a request. Resolves when the headers of the answer have arrived, whatever the status is. After an
   * interruption, no request starts, reads end, and writes have 5 s left.
   *
   * @throws Failure if the server could not be reached; LostAnswerError for a write that may have arrived;
   * InterruptedError after an interruption; the signal's reason if the signal was aborted
   */
  async send(outgoing: Outgoing): Promise<Incoming> {
    this.#refuseWhenInterrupted();
    const identity = await this.#credentials.identity();
    const client = this.target.server.startsWith('http:') ? await import('node:http') : await import('node:https');
    const agent = await this.#agents.agentFor(identity);
    outgoing.signal?.throwIfAborted();
    this.#refuseWhenInterrupted();
    const url = `${this.target.server}${outgoing.path}`;
    const headers = { ...this.#headers(outgoing), ...identity.headers };
    const logged = this.#log?.begin(outgoing.method, url, headers as OutgoingHttpHeaders, outgoing.body);
    return new Promise((resolve, reject) => {
      // A watch occupies a connection as long as it lasts. Raise the limit by one, so that other requests have as many
      // connections as before.
      if (outgoing.streaming) agent.maxSockets++;
      const request = client.request(url, { method: outgoing.method, headers, agent } as RequestOptions);
      let endedBy: Error | undefined;
      const end = (reason: Error) => {
        endedBy = reason;
        request.destroy(reason);
      };
      const limit = outgoing.timeoutMs ? setTimeout(() => end(noAnswer(outgoing)), outgoing.timeoutMs) : undefined;
      const abort = () => end(outgoing.signal!.reason);
      outgoing.signal?.addEventListener('abort', abort, { once: true });
      const changes = mayChange(outgoing);
      const release = changes ? this.#system.awaitWrite() : () => {};
      const { interrupted } = this.#system;
      let patience: NodeJS.Timeout | undefined;
      const interrupt = () => {
        if (!changes) return end(new InterruptedError());
        patience = setTimeout(() => end(new TimedOut('no answer within 5s of the interruption')), interruptedWriteMs);
      };
      interrupted.addEventListener('abort', interrupt, { once: true });
      const hasLimit = outgoing.timeoutMs > 0 || outgoing.streaming === true;
      const what = `an answer to ${outgoing.method} ${outgoing.path.replace(/\?.*$/s, '')} from ${this.target.server}`;
      const answered = hasLimit ? () => {} : whileWaiting(what, this.#system);
      let sent = false;
      request.once('finish', () => {
        sent = true;
      });
      const done = () => {
        for (const timer of [limit, patience]) clearTimeout(timer);
        answered();
        outgoing.signal?.removeEventListener('abort', abort);
        interrupted.removeEventListener('abort', interrupt);
        release();
      };
      const failure = async (error: Error) => {
        done();
        logged?.failed(endedBy ?? error);
        if (outgoing.signal?.aborted) return outgoing.signal.reason;
        const why = await connectionFailure(endedBy ?? error, this.target, () =>
          this.#agents.peerCertificate(identity),
        );
        if (!changes || !sent || !(why instanceof Failure)) return why;
        return new LostAnswerError('lost-answer', why.message, why.cures, { cause: error });
      };
      limitConnecting(request, end);
      if (outgoing.streaming) request.once('close', () => agent.maxSockets--);
      request.on('response', (message) => {
        if (outgoing.streaming) clearTimeout(limit);
        logged?.answered(message);
        this.clock.note(message.headers.date);
        this.#warnings.show(message);
        const logBody = (text: string) => logged?.body(text);
        resolve({ status: message.statusCode!, message, identity, done, failure, logBody });
      });
      request.on('error', async (error: NodeJS.ErrnoException) => {
        // The server has closed an idle connection just when it was used again. Send only a GET again, because a write
        // may have arrived.
        const stale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        if (outgoing.method === 'GET' && stale && !endedBy) {
          done();
          return resolve(this.send(outgoing));
        }
        reject(await failure(error));
      });
      request.end(outgoing.body);
    });
  }

  #refuseWhenInterrupted(): void {
    if (this.#system.interrupted.aborted) throw new InterruptedError();
  }

  /**
   * Waits before a request is sent again.
   *
   * @throws InterruptedError
   */
  async pause(milliseconds: number, why: string): Promise<void> {
    const { interrupted } = this.#system;
    const ended = whileWaiting(`the next attempt: ${why}`, this.#system);
    await delay(milliseconds, undefined, { signal: interrupted }).catch(() => {});
    ended();
    this.#refuseWhenInterrupted();
  }

  #headers({
    body,
    contentType = 'application/json',
    accept = 'application/json',
  }: Outgoing): Record<string, string | number> {
    return {
      accept,
      'user-agent': this.#userAgent,
      ...(!this.target.cluster.disableCompression && { 'accept-encoding': 'gzip' }),
      ...(body !== undefined && { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }),
    };
  }

  /** Opens a websocket with the same connection settings as other requests. The caller handles its events. */
  async openWebSocket(path: string, protocol: string, timeoutMs: number): Promise<WebSocket> {
    const identity = await this.#credentials.identity();
    const [{ WebSocket }, agent] = await Promise.all([import('ws'), this.#agents.agentFor(identity)]);
    return new WebSocket(`${this.target.server}${path}`.replace(/^http/, 'ws'), protocol, {
      agent,
      headers: { 'user-agent': this.#userAgent, ...identity.headers } as Record<string, string>,
      handshakeTimeout: timeoutMs,
      perMessageDeflate: false,
    });
  }

  /** Whether a request can be sent again with new credentials after a 401. */
  renew(refused: Identity): Promise<boolean> {
    return this.#credentials.renew(refused);
  }

  /** Closes all connections and cancels their requests. */
  close(): void {
    this.#agents.close();
  }
}

function noAnswer({ method, path, timeoutMs }: Outgoing): TimedOut {
  return new TimedOut(`no answer to ${method} ${path} within ${goDurationText(timeoutMs)} (Client.Timeout exceeded)`, [
    advice('add --request-timeout=0 to wait as long as it takes'),
  ]);
}

/** Whether a request may change objects. Access reviews and dry runs change nothing. */
function mayChange({ method, path }: Outgoing): boolean {
  return method !== 'GET' && !path.includes('dryRun=All') && !path.startsWith('/apis/authorization.k8s.io/');
}

/** The connections that already have a time limit for connecting. */
const begun = new WeakSet<object>();

/**
 * Limits the time to connect, and the time of the TLS handshake. If an address does not answer, the operating system
 * would wait for two minutes.
 */
function limitConnecting(request: ReturnType<typeof import('node:https').request>, end: (reason: Error) => void): void {
  request.on('socket', (socket) => {
    // A reused connection is already open. `reusedSocket` does not always show this: it is not set for a request that
    // waited in the queue for a connection.
    if (begun.has(socket)) return;
    begun.add(socket);
    let limit = setTimeout(() => end(new TimedOut('%s: i/o timeout')), connectLimitMs);
    const stop = () => clearTimeout(limit);
    const limitHandshake = () => {
      stop();
      if (!(socket as TLSSocket).encrypted) return;
      limit = setTimeout(() => end(new TimedOut('net/http: TLS handshake timeout')), handshakeLimitMs);
    };
    request.once('close', stop);
    if (socket.connecting) socket.once('connect', limitHandshake);
    else limitHandshake();
    socket.once('secureConnect', stop);
  });
}

/**
 * Prints the warnings of the API server on stderr, as kubectl does, for example about deprecated fields. Each warning
 * is printed once.
 */
class Warnings {
  readonly #output: TextOutput;
  readonly #shown = new Set<string>();

  constructor(output: TextOutput) {
    this.#output = output;
  }

  /** Prints the `Warning` headers of an answer (RFC 7234 5.5; Kubernetes sends code 299). */
  show(message: IncomingMessage): void {
    for (const header of message.headersDistinct.warning ?? []) {
      for (const [, quoted] of header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)) {
        const text = unquoted(quoted!).replace(/\p{Cc}/gu, ' ');
        if (this.#shown.has(text)) continue;
        this.#shown.add(text);
        this.#output.line(`Warning: ${text}`);
      }
    }
  }
}

/**
 * The text of a quoted string, without its backslashes. Go writes headers in UTF-8, but Node reads them as Latin-1. So
 * the text is decoded again.
 */
function unquoted(text: string): string {
  return Buffer.from(text.replace(/\\(.)/g, '$1'), 'latin1').toString();
}

/**
 * Smaller differences between the clocks are ignored: the header has only whole seconds, and the answer takes some time
 * to arrive.
 */
const clockTolerance = { behindMs: 3000, aheadMs: 2000 };

/**
 * The present time of the API server, from the `Date` header of its answers. The times in objects are from this clock,
 * and the clock of this machine may be wrong. Before the first answer, and if both clocks agree, the clock of this
 * machine is used.
 */
export class ServerClock {
  readonly #local: () => Date;
  #aheadMs = 0;

  constructor(local: () => Date) {
    this.#local = local;
  }

  /**
   * Compares the clocks.
   *
   * @param date the header `Date` of an answer that has just arrived
   */
  note(date: string | undefined): void {
    const time = Date.parse(date ?? '');
    if (Number.isNaN(time)) return;
    const ahead = time - this.#local().getTime();
    this.#aheadMs = ahead > -clockTolerance.behindMs && ahead < clockTolerance.aheadMs ? 0 : ahead;
  }

  now(): Date {
    return new Date(this.#local().getTime() + this.#aheadMs);
  }
}
