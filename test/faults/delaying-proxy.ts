import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import { Agent, request } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { issueCertificate, type KeyAndCertificate } from '../cluster/certificates.ts';
import { authoritySubject } from '../cluster/cluster-files.ts';
import { writeKubeconfig } from '../cluster/kubeconfig.ts';
import { cluster } from '../helpers/cluster.ts';
import { headersOf } from './headers-of.ts';

/** A request that reached the proxy. Moments are those of `performance.now()`. */
export interface SeenRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly arrivedAt: number;
  /** When the answer was handed back; undefined as long as it was not. */
  answeredAt: number | undefined;
}

export interface DelayingProxyOptions {
  /** How long a request takes to the server, and its answer back. */
  readonly delayMs: number;
  /** The current namespace of the kubeconfig. */
  readonly namespace: string;
  readonly onArrival?: (seen: SeenRequest) => void;
  /** Keeps the server's answer back until the promise resolves. */
  readonly hold?: (seen: SeenRequest) => Promise<unknown> | undefined;
}

/** Stands between the plugin and the API server. */
export interface DelayingProxy {
  /** A kubeconfig file of the admin that leads through the proxy. */
  readonly kubeconfig: string;
  /** In the order of their arrival. */
  readonly requests: readonly SeenRequest[];
  /** Resolves when the server has answered everything that arrived, even if the client is gone. */
  settled(): Promise<void>;
  close(): void;
}

/**
 * Starts a proxy on loopback that ends TLS, so that it can note what arrives and when. It passes on what it received even
 * if the client dies meanwhile, as a network does. It has no watches: an answer comes in one piece.
 */
export async function startDelayingProxy(options: DelayingProxyOptions): Promise<DelayingProxy> {
  const { certificate, privateKey } = ownCertificate();
  const { server, certificateAuthority, temporaryFolder, adminToken } = cluster();
  const onward = new Agent({ keepAlive: true, ca: readFileSync(certificateAuthority) });
  const requests: SeenRequest[] = [];
  const underWay = new Set<Promise<unknown>>();
  const sockets = new Set<Socket>();

  const answerRequest = (incoming: IncomingMessage, response: ServerResponse) => {
    const arrivedAt = performance.now();
    const seen: SeenRequest = { method: incoming.method!, path: incoming.url!, arrivedAt, answeredAt: undefined };
    requests.push(seen);
    options.onArrival?.(seen);
    const passed = passOn(incoming, options.delayMs, { server, agent: onward });
    underWay.add(passed);
    passed
      .finally(() => underWay.delete(passed))
      .then(async (answer) => {
        await delay(options.delayMs);
        await options.hold?.(seen);
        // A client that was killed takes no answer.
        if (response.destroyed) return;
        // Before it is sent: the client may use it, and end, before this process gets its next turn.
        seen.answeredAt = performance.now();
        handBack(answer, response);
      })
      .catch(() => response.destroy());
  };
  const tls = { cert: certificate, key: privateKey, allowHTTP1: true };
  // HTTP/2, as the API server. Its requests and answers have what those of node:https have.
  const listener = createSecureServer(tls, answerRequest as never);
  listener.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  const kubeconfig = join(temporaryFolder, `delaying-proxy-${process.pid}-${port}.kubeconfig`);
  const { namespace } = options;
  const url = `https://127.0.0.1:${port}`;
  writeKubeconfig(kubeconfig, { server: url, certificateAuthority, token: adminToken, context: 'kills', namespace });
  return {
    kubeconfig,
    requests,
    settled: async () => void (await Promise.allSettled(underWay)),
    close: () => {
      for (const socket of sockets) socket.destroy();
      listener.close();
      onward.destroy();
    },
  };
}

/** Whether a request changes something on the server. A dry run and a question about rights do not. */
export function isWrite({ method, path }: Pick<SeenRequest, 'method' | 'path'>): boolean {
  return method !== 'GET' && !/[?&]dryRun=All/.test(path) && !path.startsWith('/apis/authorization.k8s.io/');
}

/** The name of the object that a request for one object is about. */
export function objectNameOf({ path }: Pick<SeenRequest, 'path'>): string {
  return path.replace(/\?.*/, '').split('/').at(-1)!;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

async function passOn(
  incoming: IncomingMessage,
  delayMs: number,
  { server, agent }: { readonly server: string; readonly agent: Agent },
): Promise<Answer> {
  const body = await buffer(incoming);
  await delay(delayMs);
  const { method, url } = incoming;
  const headers = headersOf(incoming);
  return new Promise((resolve, reject) => {
    const sent = request(`${server}${url}`, { method: method!, headers, agent }, (response) => {
      buffer(response).then(
        (text) => resolve({ status: response.statusCode!, headers: headersOf(response), body: text }),
        reject,
      );
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

function handBack({ status, headers, body }: Answer, response: ServerResponse): void {
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.end(body);
}

let issued: KeyAndCertificate | undefined;

function ownCertificate(): KeyAndCertificate {
  const { certificateAuthority, certificateAuthorityKey } = cluster();
  const authority = {
    certificate: readFileSync(certificateAuthority, 'utf8'),
    privateKey: readFileSync(certificateAuthorityKey, 'utf8'),
  };
  issued ??= issueCertificate(authority, authoritySubject, { commonName: 'delaying-proxy', hosts: ['127.0.0.1'] });
  return issued;
}
