import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import { Agent, createServer, request, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { createAuthority, issueCertificate } from '../cluster/certificates.ts';
import { writeKubeconfig } from '../cluster/kubeconfig.ts';
import { cluster } from '../helpers/cluster.ts';
import { type AskedRequest, askedRequest } from './asked-request.ts';
import { deliver } from './deliver.ts';
import { type Elsewhere, startElsewhere } from './elsewhere.ts';
import type { Fault } from './fault.ts';
import { headersOf } from './headers-of.ts';
import type { Place } from './places.ts';

/** One request, and what became of it. */
export interface ProxiedRequest extends AskedRequest {
  /** Whether the fault hit it. */
  isHit: boolean;
  /** The real server's status; undefined if the request did not get there. */
  status: number | undefined;
}

/** A proxy with one fault, in front of the API server. */
export interface FaultProxy {
  /** A kubeconfig that leads to the proxy, for a user who may do everything. */
  readonly kubeconfig: string;
  readonly requests: readonly ProxiedRequest[];
  /** Requests that followed one of the proxy's redirects. */
  askedElsewhere(): number;
  close(): void;
}

const subject = { commonName: 'fault-proxy authority' };
const authority = createAuthority(subject.commonName);
const shown = issueCertificate(authority, subject, { commonName: 'fault-proxy', hosts: ['127.0.0.1', 'localhost'] });
const tls = { cert: shown.certificate, key: shown.privateKey };

let elsewhere: Promise<Elsewhere> | undefined;
let started = 0;

/** The highest version of HTTP that a proxy offers. */
export type HttpVersion = '1.1' | '2';

/** Starts a proxy that ends TLS and hits with `fault` the requests of `place`; the others reach the API server. */
export async function faultProxy(
  fault: Fault,
  place: Place,
  namespace: string,
  version: HttpVersion = '2',
): Promise<FaultProxy> {
  elsewhere ??= startElsewhere(tls);
  const other = await elsewhere;
  const number = ++started;
  const requests: ProxiedRequest[] = [];
  let matching = 0;
  const { from = 1, onward } = place;
  const isNext = (asked: AskedRequest) => place.matches(asked) && (++matching === from || (onward && matching > from));
  const listener = async (incoming: IncomingMessage, response: ServerResponse) => {
    const asked = askedRequest(incoming.method!, incoming.url!);
    const proxied: ProxiedRequest = { ...asked, isHit: isNext(asked), status: undefined };
    requests.push(proxied);
    response.on('error', () => {});
    const pass = (body?: Buffer) => passOn(incoming, proxied, body);
    if (!proxied.isHit) return forward(await pass().catch(() => undefined), response);
    const unhit = await deliver(fault.blow, {
      ...{ asked, incoming, response, pass },
      redirect: `${other.url}/${number}${asked.path}`,
      goAway: () => closeAll(server, sockets),
    });
    if (unhit === 'unchanged') proxied.isHit = false;
  };
  const server = startedAs(fault, version, listener);
  const sockets = socketsOf(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const kubeconfig = kubeconfigFor(server, number, namespace);
  if (fault.blow.do === 'go away' && place.name === 'everything') closeAll(server, sockets);
  return {
    kubeconfig,
    requests,
    askedElsewhere: () => other.askedBy(number),
    close: () => closeAll(server, sockets),
  };
}

/** Faults in the bytes of HTTP/1.1 need this version. */
function startedAs(
  { blow }: Fault,
  version: HttpVersion,
  listener: (incoming: IncomingMessage, response: ServerResponse) => unknown,
): Server {
  if (version === '1.1' || blow.do === 'write bytes') return createServer(tls, listener);
  // Its requests and answers have what those of node:https have.
  return createSecureServer({ ...tls, allowHTTP1: true }, listener as never) as unknown as Server;
}

const upstream = new Agent({ keepAlive: true });

/** Sends the request to the API server with the client's own credentials. */
async function passOn(incoming: IncomingMessage, proxied: ProxiedRequest, body?: Buffer): Promise<IncomingMessage> {
  const { server, certificateAuthority } = cluster();
  const headers = headersOf(incoming);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options = { method: proxied.method, headers, agent: upstream, ca: readFileSync(certificateAuthority) };
  const outgoing = request(`${server}${proxied.path}`, options, resolve).once('error', reject);
  if (body) outgoing.end(body);
  else incoming.pipe(outgoing);
  incoming.once('close', () => incoming.complete || outgoing.destroy());
  const answer = await promise;
  proxied.status = answer.statusCode;
  return answer;
}

/** Sends an answer on as it comes, so that a watch goes on. */
function forward(answer: IncomingMessage | undefined, response: ServerResponse): void {
  if (!answer) return void response.destroy();
  response.writeHead(answer.statusCode!, headersOf(answer));
  response.flushHeaders();
  response.once('close', () => answer.destroy());
  answer.pipe(response);
}

function authorityFile(folder: string): string {
  const file = join(folder, `fault-proxy-${process.pid}.crt`);
  if (!existsSync(file)) writeFileSync(file, authority.certificate);
  return file;
}

function kubeconfigFor(server: Server, number: number, namespace: string): string {
  const { adminToken, temporaryFolder } = cluster();
  const { port } = server.address() as AddressInfo;
  const certificateAuthority = authorityFile(temporaryFolder);
  const kubeconfig = join(temporaryFolder, `fault-proxy-${process.pid}-${number}.kubeconfig`);
  const url = `https://127.0.0.1:${port}`;
  // The same name as in the kubeconfig without the proxy, for answers contain it.
  const context = 'skyports-test';
  writeKubeconfig(kubeconfig, { server: url, certificateAuthority, token: adminToken, context, namespace });
  return kubeconfig;
}

/** All open connections: `closeAllConnections` misses those that have sent no request. */
function socketsOf(server: Server): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  return sockets;
}

function closeAll(server: Server, sockets: ReadonlySet<Socket>): void {
  server.close();
  for (const socket of sockets) socket.destroy();
}
