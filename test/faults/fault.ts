import type { Json } from '../helpers/cluster.ts';
import type { AskedRequest } from './asked-request.ts';

/** One way in which a server, a gateway or a connection fails. */
export interface Fault {
  readonly name: string;
  readonly blow: Blow;
  readonly means: Meaning;
  /** Text within the fault that only the server can have written: the user has to see it. */
  readonly words?: string;
  /** Flags that the fault needs. */
  readonly args?: readonly string[];
  /** Requests for which this answer is a true API server's: nobody can tell that it is a lie. */
  readonly believable?: (request: AskedRequest) => boolean;
  /** Whether kubectl repeats a request that was answered so. */
  readonly repeated?: true;
}

/** What a fault is to the user. */
export type Meaning =
  /** An answer that is not the one that was asked for. */
  | 'server fails'
  /** A connection that breaks, or stays silent. */
  | 'no answer'
  /** RBAC refuses. */
  | 'no right'
  | 'not logged in'
  /** The namespace is being deleted. */
  | 'namespace goes'
  /** Another writer was faster: a new look helps. */
  | 'conflict'
  /** The answer is right, and only unusual. */
  | 'harmless';

/** What the proxy does to a request. */
export type Blow =
  | {
      readonly do: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** Adds a Location on another server. */
      readonly redirects?: true;
      readonly body: (request: AskedRequest) => string;
    }
  /** Writes these bytes to the connection and closes it. */
  | { readonly do: 'write bytes'; readonly bytes: (request: AskedRequest) => string }
  /** Closes the connection before the server gets the request. */
  | { readonly do: 'reset' }
  /** Closes the connection after the server has done what was asked. */
  | { readonly do: 'lose the answer' }
  /** Closes the connection within the server's answer. */
  | { readonly do: 'cut the answer' }
  | { readonly do: 'stay silent' }
  /** From here on no connection is accepted. */
  | { readonly do: 'go away' }
  /** Sends the server's answer in small pieces. */
  | { readonly do: 'drip' }
  /** Changes the server's answer. An answer that stays as it is counts as not hit. */
  | { readonly do: 'change the answer'; readonly change: (answer: Json) => Json };
