import type { IncomingMessage } from 'node:http';
import type { TextOutput } from '../system.ts';

/** Shows what the API server warns of (deprecated fields and the like) as kubectl does: once each, on stderr. */
export class Warnings {
  readonly #output: TextOutput;
  readonly #shown = new Set<string>();

  constructor(output: TextOutput) {
    this.#output = output;
  }

  /** Reads the answer's `Warning` headers (RFC 7234 5.5; Kubernetes sends code 299). */
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

/** Go writes UTF-8 into headers, Node reads them byte by byte. */
function unquoted(text: string): string {
  return Buffer.from(text.replace(/\\(.)/g, '$1'), 'latin1').toString();
}
