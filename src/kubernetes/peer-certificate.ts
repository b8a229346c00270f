import type { ConnectionOptions, PeerCertificate, TLSSocket } from 'node:tls';
import { openTunnel } from './tunnel.ts';

const limitMs = 5000;

/**
 * The certificate a server shows, looked at without trusting it and without sending anything; undefined when it shows none.
 * Only for saying whose certificate it was that failed.
 */
export async function readPeerCertificate(
  server: URL,
  tls: ConnectionOptions,
  proxy: URL | undefined,
): Promise<PeerCertificate | undefined> {
  const { connect } = await import('node:tls');
  const where = { host: server.hostname.replace(/^\[|\]$/g, ''), port: Number(server.port || 443) };
  try {
    const through = proxy && { socket: await openTunnel(proxy, where.host, where.port, tls) };
    return await new Promise<PeerCertificate | undefined>((resolve) => {
      const socket: TLSSocket = connect({ ...tls, ...where, ...through, rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate());
        socket.destroy();
      });
      socket.setTimeout(limitMs, () => socket.destroy());
      socket.on('error', () => resolve(undefined)).on('close', () => resolve(undefined));
    });
  } catch {
    return undefined;
  }
}
