import { createServer, Agent as HttpAgent, request as httpRequest, type RequestListener } from 'node:http';
import type { AgentOptions } from 'node:https';
import { type Duplex, duplexPair } from 'node:stream';

/** Replaces `node:https` in the bundle. It has the members that src/kubernetes uses. */
export interface HttpsInMemory {
  readonly Agent: new (options: AgentOptions) => HttpAgent;
  readonly request: typeof httpRequest;
}

/**
 * Sends requests for any https server to `listener`. Node's real HTTP client and server run over pipes in memory. With
 * sockets, the order of events would differ from run to run. Port 9 refuses connections.
 */
export function httpsInMemory(listener: RequestListener): HttpsInMemory {
  const server = createServer(listener);

  class Agent extends HttpAgent {
    override createConnection(options: { port?: number | string }): Duplex {
      const [client, far] = duplexPair();
      for (const end of [client, far]) Object.assign(end, socketMethods);
      if (String(options.port) === '9') process.nextTick(() => client.destroy(refused()));
      else server.emit('connection', far);
      return client;
    }
  }

  const request = (url: string, options: object) => httpRequest(url.replace(/^https:/, 'http:'), options);
  return { Agent: Agent as unknown as HttpsInMemory['Agent'], request: request as typeof httpRequest };
}

/** The members of a connection, other than those of a stream, that Node's HTTP client needs. */
const socketMethods = {
  setKeepAlive() {},
  setNoDelay() {},
  setTimeout() {},
  ref() {},
  unref() {},
};

function refused(): Error {
  return Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), { code: 'ECONNREFUSED', syscall: 'connect' });
}
