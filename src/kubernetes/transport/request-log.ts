import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { TextOutput } from '../../system.ts';
import type { Answer } from './exchange.ts';

/** A request in progress. */
export interface LoggedRequest {
  answered(answer: Answer): void;
  /** The answer's text, decompressed. */
  body(text: string): void;
  failed(error: Error): void;
}

/**
 * Logs requests on stderr, as kubectl's `-v` does. Level 6 logs the request and its duration, level 7 also the headers,
 * and level 8 also the bodies. No secret is logged.
 */
export class RequestLog {
  readonly #verbosity: number;
  readonly #output: TextOutput;

  constructor(verbosity: number, output: TextOutput) {
    this.#verbosity = verbosity;
    this.#output = output;
  }

  begin(method: string, url: string, headers: OutgoingHttpHeaders, body: string | undefined): LoggedRequest {
    const begun = performance.now();
    const request = `${method} ${url}`;
    if (this.#verbosity >= 7) this.#write(`${request} request headers: ${this.#headers(headers)}`);
    const holdsSecret = secretPath.test(url);
    if (body !== undefined) this.#body(`${request} request body`, body, holdsSecret);
    const elapsed = () => `${Math.round(performance.now() - begun)} ms`;
    return {
      answered: ({ status, statusText, headers }) => {
        this.#write(`${request} ${status} ${statusText} in ${elapsed()}`);
        if (this.#verbosity >= 7) this.#write(`${request} response headers: ${this.#headers(headers)}`);
      },
      body: (text) => this.#body(`${request} response body`, text, holdsSecret),
      failed: (error) => this.#write(`${request} failed after ${elapsed()}: ${error.message}`),
    };
  }

  #headers(headers: OutgoingHttpHeaders | IncomingHttpHeaders): string {
    const shown = Object.entries(headers).map(([name, value]) => [name, isSecret.test(name) ? '<masked>' : value]);
    return JSON.stringify(Object.fromEntries(shown));
  }

  /** Logs a body. It is cut to the same length as in kubectl. With `-v=10`, nothing is cut. */
  #body(what: string, text: string, holdsSecret: boolean): void {
    if (this.#verbosity < 8) return;
    const limit = this.#verbosity >= 10 ? Number.POSITIVE_INFINITY : this.#verbosity === 9 ? 10_240 : 1024;
    const safe = holdsSecret ? '<masked>' : withoutSecrets(text);
    const cut = safe.length > limit ? `${safe.slice(0, limit)} [truncated ${safe.length - limit} chars]` : safe;
    this.#write(`${what}: ${cut}`);
  }

  #write(line: string): void {
    this.#output.document(`${line.replace(/\p{Cc}/gu, escaped)}\n`);
  }
}

/** Escapes a control character. Otherwise, a name from the cluster could move the terminal's cursor. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const isSecret = /^(proxy-)?authorization$|cookie/i;

/**
 * The path of Secrets. Their bodies are masked completely: an error in an answer may repeat the data of the request.
 */
const secretPath = /\/secrets(?:[/?]|$)/;

/**
 * The body for the log, without tokens and the data of Secrets. If a body may contain a secret and is not JSON, it is
 * masked completely.
 */
function withoutSecrets(body: string): string {
  if (!/"(token|Secret|SecretList)"/.test(body)) return body;
  try {
    return JSON.stringify(masked(JSON.parse(body), ''));
  } catch {
    return '<masked>';
  }
}

/**
 * Replaces the secrets in a value.
 *
 * @param parentKind the kind of the surrounding object, because the items of a list may have no `kind`
 */
function masked(value: unknown, parentKind: string): unknown {
  if (Array.isArray(value)) return value.map((item) => masked(item, parentKind));
  if (typeof value !== 'object' || value === null) return value;
  const kind = 'kind' in value ? String(value.kind) : parentKind;
  const isSecret = /^Secret(List)?$/.test(kind);
  const hidden = (key: string) =>
    key === 'token' ||
    (isSecret &&
      (key === 'data' || key === 'stringData' || key === 'kubectl.kubernetes.io/last-applied-configuration'));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, hidden(key) ? '<masked>' : masked(inner, kind)]),
  );
}
