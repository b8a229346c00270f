import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createAuthority, issueCertificate } from '../../../test/cluster/certificates.ts';
import { listAt } from './objects.ts';

/** Something that answers lists and applies as an API server does. */
export interface ApiServer {
  readonly url: string;
  /** PEM. */
  readonly authority: string;
}

/** Starts it on a free port of the loopback interface, over TLS, for the program takes another way over plain HTTP. */
export async function startApiServer(): Promise<ApiServer> {
  const issuer = { commonName: 'warm-up' };
  const authority = createAuthority(issuer.commonName);
  const { certificate, privateKey } = issueCertificate(authority, issuer, {
    commonName: 'kube-apiserver',
    hosts: ['127.0.0.1'],
  });
  const server = createServer({ cert: certificate, key: privateKey }, async (request, response) => {
    const { pathname } = new URL(request.url!, 'https://127.0.0.1');
    const sent = await text(request);
    // An apply is answered with the object, as it would be with nothing else in it.
    const answer = request.method === 'PATCH' ? sent : JSON.stringify(listAt(pathname));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    authority: authority.certificate,
  };
}
