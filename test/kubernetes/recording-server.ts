import {
  createServer as createPlainServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createSecureServer, type Http2ServerRequest } from 'node:http2';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { collectionAt } from '../../src/snapshot/resource-paths.ts';
import { createAuthority, issueCertificate, type KeyAndCertificate } from '../cluster/certificates.ts';

/** Who asked for what, as far as the server can tell. */
export interface Asked {
  readonly server: string;
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly impersonate: Readonly<Record<string, string[]>>;
  /** Common name of the client's certificate. */
  readonly certificate: string | undefined;
  /** The host name that the client said it wants, in the TLS handshake. */
  readonly serverName: string | undefined;
}

export interface RecordingServer {
  readonly url: string;
  readonly port: number;
  /** All requests but those by which kubectl discovers what the server has. */
  readonly asked: Asked[];
  close(): Promise<void>;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

export interface RecordingServerOptions {
  /** The name in `Asked.server`. */
  readonly name?: string;
  /** Plain http. */
  readonly plain?: boolean;
  /** The highest version of HTTP that it offers with TLS; default: HTTP/2, as a real API server. */
  readonly version?: '1.1';
  readonly authority?: KeyAndCertificate;
  readonly hosts?: readonly string[];
  readonly validUntil?: Date;
  readonly validFrom?: Date;
  /** What the server shows instead of a certificate of `authority`. */
  readonly certificate?: KeyAndCertificate;
  /** Ends handshakes in which the client shows no certificate of `authority`. */
  readonly requireCertificate?: boolean;
  /** Answers instead of the empty list; what it has not answered when it is done gets the list. */
  readonly answer?: Answer;
}

/** The authority of all recording servers, and of the clients they ask for certificates. */
export const authority = createAuthority('recording-authority');
const subject = { commonName: 'recording-authority' };

/** A certificate of the recording servers' authority. */
export function issue(
  commonName: string,
  more: { validUntil?: Date; organizations?: readonly string[]; hosts?: readonly string[] } = {},
): KeyAndCertificate {
  return issueCertificate(authority, subject, { commonName, ...more });
}

/** An HTTP server on loopback that behaves as an empty API server and remembers who asked. */
export async function recordingServer(options: RecordingServerOptions = {}): Promise<RecordingServer> {
  const asked: Asked[] = [];
  const listener = async (request: IncomingMessage, response: ServerResponse) => {
    const discovered = discovery[request.url!.replace(/\?.*/, '')];
    if (!discovered) asked.push(recorded(request, options.name ?? 'server'));
    if (!discovered) await options.answer?.(request, response);
    if (response.headersSent || response.writableEnded || response.destroyed) return;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(discovered ?? emptyList(request.url!)));
  };
  const server = options.plain ? createPlainServer(listener) : tlsServer(options, listener);
  // Not closeAllConnections: it knows only those that have sent a request.
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.plain ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    asked,
    close: () => closed(server, sockets),
  };
}

/** Ends the connection of a request, in any version of HTTP. */
export function breakConnection(request: IncomingMessage): void {
  const { stream } = request as unknown as Partial<Http2ServerRequest>;
  if (stream) stream.session?.destroy();
  else request.socket.destroy();
}

function tlsServer(options: RecordingServerOptions, listener: RequestListener): Server {
  if (options.version === '1.1') return createServer(tlsOptions(options), listener);
  // Its requests and answers have what those of node:https have.
  return createSecureServer({ ...tlsOptions(options), allowHTTP1: true }, listener as never) as unknown as Server;
}

function tlsOptions({ authority: by = authority, hosts, validUntil, validFrom, ...options }: RecordingServerOptions) {
  const shown =
    options.certificate ??
    issueCertificate(by, subject, {
      commonName: 'recording-server',
      hosts: hosts ?? ['127.0.0.1', 'localhost', 'kubernetes.example'],
      ...(validUntil && { validUntil }),
      ...(validFrom && { validFrom }),
    });
  return {
    cert: shown.certificate,
    key: shown.privateKey,
    ca: authority.certificate,
    requestCert: true,
    rejectUnauthorized: options.requireCertificate ?? false,
  };
}

function recorded(request: IncomingMessage, server: string): Asked {
  const socket = request.socket as TLSSocket;
  const impersonate = Object.entries(request.headers).filter(([name]) => name.startsWith('impersonate-'));
  return {
    server,
    method: request.method!,
    path: request.url!.replace(/\?.*/, ''),
    authorization: request.headers.authorization,
    impersonate: Object.fromEntries(
      impersonate.map(([name, values]) => [
        name,
        [values!]
          .flat()
          .flatMap((value) => value.split(', '))
          .sort(),
      ]),
    ),
    certificate: socket.encrypted ? (socket.getPeerCertificate().subject?.CN as string | undefined) : undefined,
    serverName: socket.encrypted ? socket.servername || undefined : undefined,
  };
}

function closed(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}

const emptyList = (url: string) => ({
  kind: `${collectionAt(url) ?? 'Pod'}List`,
  apiVersion: 'v1',
  metadata: { resourceVersion: '1' },
  items: [],
});

/** As much as `kubectl get pods` needs to know. */
const discovery: Readonly<Record<string, object>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': {
    kind: 'APIResourceList',
    groupVersion: 'v1',
    resources: [
      { name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: ['get', 'list', 'watch'] },
      { name: 'namespaces', singularName: 'namespace', namespaced: false, kind: 'Namespace', verbs: ['get', 'list'] },
    ],
  },
};
