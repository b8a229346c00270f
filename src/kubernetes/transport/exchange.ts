import type { IncomingHttpHeaders } from 'node:http';

/** A request as it goes out. */
export interface RequestHead {
  readonly method: string;
  /** With the path and the query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | number | readonly string[]>>;
  readonly body: string | undefined;
  /** Whether the answer is a watch: it lasts until one side ends it. */
  readonly streaming: boolean;
}

/** The head of an answer, and how to read the rest. */
export interface Answer {
  readonly status: number;
  /** The text that belongs to the status, such as `OK`. HTTP/2 does not send it. */
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  /** Throws if the answer ends before it is complete. */
  readonly body: AsyncIterable<Buffer>;
  /** Ends the answer without reading the rest. */
  discard(): void;
}

/** One request under way, in one version of HTTP. */
export interface Exchange {
  /** Resolves when the head of the answer has arrived. Rejects if the connection fails, or with the reason of `end`. */
  readonly answer: Promise<Answer>;
  /** Whether the server may have the whole request, and may have acted on it. */
  mayHaveArrived(): boolean;
  /**
   * Whether the request failed because of its connection, and not because of the server. So it can be sent again:
   * `read` if it changes nothing, `any` if the server has said that it did not look at it.
   */
  mayBeRepeated(error: NodeJS.ErrnoException): 'no' | 'read' | 'any';
  /** Ends the request. `answer`, and the reading of its body, fail with this reason. */
  end(reason: Error): void;
}

/** A way to send requests to one server as one user. */
export interface Line {
  send(head: RequestHead): Exchange;
  close(): void;
  /** Whether new requests need another line, because the server or the network has ended this one. */
  readonly isClosed: boolean;
}
