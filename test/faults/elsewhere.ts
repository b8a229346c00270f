import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A server of this machine to which redirects lead. Nothing may ever ask it. */
export interface Elsewhere {
  readonly url: string;
  /** How many requests came that followed a redirect of this proxy. */
  askedBy(proxy: number): number;
}

/** Starts it. It does not keep the process alive. */
export async function startElsewhere(tls: { readonly cert: string; readonly key: string }): Promise<Elsewhere> {
  const asked = new Map<number, number>();
  const server = createServer(tls, (request, response) => {
    const proxy = Number(request.url!.split('/')[2]);
    asked.set(proxy, (asked.get(proxy) ?? 0) + 1);
    response.end('{}');
  });
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `https://127.0.0.1:${port}/elsewhere`, askedBy: (proxy) => asked.get(proxy) ?? 0 };
}
