import { isIP } from 'node:net';

/**
 * The address that this machine would use to call `address`, according to its own routes; undefined if there is no
 * route. Nothing is sent: to connect a UDP socket only chooses its addresses (RFC 1122, 4.1.3.5; connect(2)).
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
    // Do not pass a callback to `connect`: it would be called after a failure too.
    socket.once('connect', () => end(socket.address().address));
    socket.connect(discardPort, address);
  });
}

/** The discard port (RFC 863). Any other port would also work. */
const discardPort = 9;
