import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { TextOutput } from '../system.ts';
import type { Outgoing } from './transport.ts';

/** One request while it is under way. */
export interface LoggedRequest {
  answered(message: IncomingMessage): void;
  failed(error: Error): void;
}

/** Shows requests on stderr as kubectl's `-v` does: 6 what and how long, 7 headers too, 8 bodies too. No secret is shown. */
export class RequestLog {
  readonly #verbosity: number;
  readonly #output: TextOutput;

  constructor(verbosity: number, output: TextOutput) {
    this.#verbosity = verbosity;
    this.#output = output;
  }

  begin(outgoing: Outgoing, url: string, headers: object): LoggedRequest {
    const begun = performance.now();
    const head = `${outgoing.method} ${url}`;
    if (this.#verbosity >= 7) this.#write(`${head} request headers: ${shown(headers as OutgoingHttpHeaders)}`);
    return {
      answered: (message) => {
        this.#write(`${head} ${message.statusCode} in ${Math.round(performance.now() - begun)} ms`);
        if (this.#verbosity >= 7) this.#write(`${head} response headers: ${shown(message.headers)}`);
      },
      failed: (error) =>
        this.#write(`${head} failed after ${Math.round(performance.now() - begun)} ms: ${error.message}`),
    };
  }

  #write(line: string): void {
    this.#output.write(`${line}\n`);
  }
}

function shown(headers: OutgoingHttpHeaders | IncomingHttpHeaders): string {
  const secret = /^(proxy-)?authorization$|cookie/i;
  return JSON.stringify(
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, secret.test(name) ? '<masked>' : value])),
  );
}
