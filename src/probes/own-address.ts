import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';

/**
 * The address that this machine calls another one from, by its own routes; undefined if it has no route there. Nothing is
 * sent: connecting a UDP socket only chooses its addresses (RFC 1122, 4.1.3.5; connect(2)).
 */
export function ownAddressTowards(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
    const end = (found: string | undefined) => {
      socket.close();
      resolve(found);
    };
    socket.once('error', () => end(undefined));
    socket.connect(discardPort, address, () => end(socket.address().address));
  });
}

/** Any port will do (RFC 863). */
const discardPort = 9;
