import { isIP } from 'node:net';

/**
 * The address that this machine calls another one from, by its own routes; undefined if it has no route there. Nothing is
 * sent: connecting a UDP socket only chooses its addresses (RFC 1122, 4.1.3.5; connect(2)).
 */
export async function ownAddressTowards(address: string): Promise<string | undefined> {
  const { createSocket } = await import('node:dgram');
  return new Promise((resolve) => {
    const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
    const end = (found: string | undefined) => {
      socket.close();
      resolve(found);
    };
    socket.once('error', () => end(undefined));
    // A callback would be called on failure, too.
    socket.once('connect', () => end(socket.address().address));
    socket.connect(discardPort, address);
  });
}

/** Any port will do (RFC 863). */
const discardPort = 9;
