import type { OutgoingHttpHeaders } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { goDurationText } from '../../arguments/duration.ts';
import { advice } from '../../errors/cure.ts';
import { Failure, InterruptedError } from '../../errors/failure.ts';
import type { System } from '../../system.ts';
import { type Credentials, credentialsOf, type Identity } from '../credentials/credentials.ts';
import type { Target } from '../kubeconfig/target.ts';
import { connectionFailure, TimedOut } from './connection-failure.ts';
import type { Answer, Exchange, Line } from './exchange.ts';
import { Lines } from './lines.ts';
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

/** An answer whose headers have arrived. The caller has to read `body` to its end or discard it, and then call `done`. */
export interface Incoming extends Answer {
  readonly identity: Identity;
  /** Ends the request. Its time limit stops, and an interrupted process no longer waits for it. */
  done(): void;
  logBody(text: string): void;
  /** The error to throw if reading `body` fails. */
  failure(error: Error): Promise<Error>;
}

/** After a write was sent, the connection broke or the time limit was reached. The server may have done the write. */
export class LostAnswerError extends Failure {
  override readonly name = 'LostAnswerError';
}

/** How long an interrupted process waits for the answers to its writes, in milliseconds. */
const interruptedWriteMs = 5000;

/** How often a request is sent that the server did not look at. Each time, another connection is used. */
const maxAttempts = 4;

/** Sends requests to one server as one user. Keeps the connections open for later requests. */
export class Transport {
  readonly target: Target;
  readonly clock: ServerClock;
  readonly #credentials: Credentials;
  readonly #lines: Lines;
  readonly #userAgent: string;
  readonly #log: RequestLog | undefined;
  readonly #warnings: Warnings;
  readonly #system: System;

  constructor(target: Target, system: System, userAgent: string, log: RequestLog | undefined) {
    this.#warnings = new Warnings(system);
    this.target = target;
    this.clock = new ServerClock(system.now);
    this.#system = system;
    this.#credentials = credentialsOf(target, system);
    this.#lines = new Lines(target, system);
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
  async send(outgoing: Outgoing, attempt = 1): Promise<Incoming> {
    this.#refuseWhenInterrupted();
    const identity = await this.#credentials.identity();
    const url = `${this.target.server}${outgoing.path}`;
    const headers = { ...this.#headers(outgoing), ...identity.headers };
    outgoing.signal?.throwIfAborted();
    const logged = this.#log?.begin(outgoing.method, url, headers as OutgoingHttpHeaders, outgoing.body);
    const ended = new AbortController();
    const end = (reason: Error) => ended.abort(reason);
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
    const done = () => {
      for (const timer of [limit, patience]) clearTimeout(timer);
      answered();
      outgoing.signal?.removeEventListener('abort', abort);
      interrupted.removeEventListener('abort', interrupt);
      release();
    };
    let exchange: Exchange | undefined;
    const failure = async (error: Error) => {
      done();
      const endedBy: Error | undefined = ended.signal.aborted ? ended.signal.reason : undefined;
      logged?.failed(endedBy ?? error);
      if (outgoing.signal?.aborted) return outgoing.signal.reason;
      const why = await connectionFailure(endedBy ?? error, this.target, () => this.#lines.peerCertificate(identity));
      if (!changes || !exchange?.mayHaveArrived() || !(why instanceof Failure)) return why;
      return new LostAnswerError('lost-answer', why.message, why.cures, { cause: error });
    };
    try {
      const line = await unlessEnded(this.#lines.lineFor(identity), ended.signal);
      this.#refuseWhenInterrupted();
      exchange = line.send({
        method: outgoing.method,
        url,
        headers,
        body: outgoing.body,
        streaming: !!outgoing.streaming,
      });
      const { end: endExchange } = exchange;
      ended.signal.addEventListener('abort', () => endExchange(ended.signal.reason), { once: true });
      const answer = await exchange.answer;
      if (outgoing.streaming) clearTimeout(limit);
      logged?.answered(answer);
      this.clock.note(answer.headers.date);
      this.#warnings.show(answer.headers.warning);
      const logBody = (text: string) => logged?.body(text);
      return { ...answer, identity, done, failure, logBody };
    } catch (error) {
      const repeats = ended.signal.aborted ? 'no' : exchange?.mayBeRepeated(error as Error);
      if (attempt < maxAttempts && (repeats === 'any' || (repeats === 'read' && outgoing.method === 'GET'))) {
        done();
        return this.send(outgoing, attempt + 1);
      }
      throw await failure(error as Error);
    }
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

  /**
   * Opens a websocket with the same connection settings as other requests, by HTTP/1.1. The caller handles its events.
   */
  async openWebSocket(path: string, protocol: string, timeoutMs: number): Promise<WebSocket> {
    const identity = await this.#credentials.identity();
    const [{ WebSocket }, agent] = await Promise.all([import('ws'), this.#lines.agentFor(identity)]);
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
    this.#lines.close();
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

/**
 * Waits for a line.
 *
 * @throws the signal's reason if the signal aborts first
 */
async function unlessEnded(line: Promise<Line>, signal: AbortSignal): Promise<Line> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    if (signal.aborted) reject(signal.reason);
    line.then(resolve, reject);
  });
}

/**
 * Prints the warnings of the API server on stderr, as kubectl does, for example about deprecated fields. Each warning
 * is printed once.
 */
class Warnings {
  readonly #system: Pick<System, 'stderr'>;
  readonly #shown = new Set<string>();

  constructor(system: Pick<System, 'stderr'>) {
    this.#system = system;
  }

  /** Prints the `Warning` headers of an answer, joined by Node (RFC 7234 5.5; Kubernetes sends code 299). */
  show(header = ''): void {
    for (const [, quoted] of header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)) {
      const text = unquoted(quoted!).replace(/\p{Cc}/gu, ' ');
      if (this.#shown.has(text)) continue;
      this.#shown.add(text);
      this.#system.stderr.line(`Warning: ${text}`);
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
