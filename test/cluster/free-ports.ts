import { createServer, type Server } from 'node:net';

/**
 * Finds ports of 127.0.0.1 that nobody listens on now. Somebody else may take one before it is used,
 * so whoever asks must be ready to ask again.
 */
export async function freePorts(count: number): Promise<number[]> {
  // All are held until the last is found, or the system may give out one of them twice.
  const servers = await Promise.all(Array.from({ length: count }, listen));
  const ports = servers.map(portOf);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listen(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The system gave no port of 127.0.0.1.');
  return address.port;
}
