import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** The headers of a message, without those that belong to its connection. So they can be sent in any version of HTTP. */
export function headersOf({ headers }: IncomingMessage): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofConnection.test(name)));
}

const ofConnection = /^(?::.*|host|connection|keep-alive|transfer-encoding)$/;
