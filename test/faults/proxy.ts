import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { cluster, type Json } from '../helpers/cluster.ts';

/** One request that may be answered in place of the API server. */
export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  /** Without its query. */
  readonly path: string;
  answer(status: number, value: unknown, headers?: Record<string, string>): true;
  /** Lets the server do what was asked. */
  pass(): Promise<{ readonly status: number; readonly value: Json }>;
  /** Closes the connection. */
  drop(): true;
  readonly response: ServerResponse;
}

/** A proxy without TLS in front of the API server, as the admin; `handle` returns true for what it answered. */
export async function proxy(
  namespace: string,
  handle: (asked: Asked) => Promise<true | undefined> | true | undefined,
): Promise<{ readonly kubeconfig: string; readonly requests: string[]; close(): void }> {
  const { server, certificateAuthority, adminToken, temporaryFolder } = cluster();
  const requests: string[] = [];
  const proxying = createServer(async (incoming, response) => {
    const body = await buffer(incoming);
    const [method, url] = [incoming.method!, incoming.url!];
    requests.push(`${method} ${url}`);
    const { host, 'accept-encoding': _, ...others } = incoming.headers;
    const headers = { ...others, authorization: `Bearer ${adminToken}` };
    const passed = async () => {
      const { promise, resolve, reject } = Promise.withResolvers<import('node:http').IncomingMessage>();
      const ca = readFileSync(certificateAuthority);
      request(`${server}${url}`, { method, headers, ca }, resolve).once('error', reject).end(body);
      return promise;
    };
    const answer = (status: number, value: unknown, more = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...more }).end(JSON.stringify(value));
      return true as const;
    };
    const pass = async () => {
      const real = await passed();
      return { status: real.statusCode!, value: JSON.parse((await buffer(real)).toString()) };
    };
    const drop = () => {
      incoming.socket.destroy();
      return true as const;
    };
    const asked = { method, url, path: url.replace(/\?.*/s, ''), answer, pass, drop, response };
    if (await handle(asked)) return;
    const real = await passed();
    // The client may have gone meanwhile.
    if (response.destroyed) return void real.destroy();
    response.writeHead(real.statusCode!, real.headers);
    response.once('close', () => real.destroy());
    real.pipe(response);
  });
  await new Promise<void>((resolve) => proxying.listen(0, '127.0.0.1', resolve));
  const { port } = proxying.address() as AddressInfo;
  const kubeconfig = join(temporaryFolder, `review-${process.pid}-${port}.kubeconfig`);
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
    clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace } }],
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  const close = () => {
    proxying.closeAllConnections();
    proxying.close();
  };
  return { kubeconfig, requests, close };
}

/** A Status that refuses. */
export const failure = (code: number, message: string) => ({ kind: 'Status', status: 'Failure', code, message });
