import { createServer as createPlainServer, request as plainRequest, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';
import type { KeyAndCertificate } from '../cluster/certificates.ts';

export interface RecordingProxy {
  readonly port: number;
  /** What it was asked for: `CONNECT host:port`, or `GET http://…`, with the user and the password that were shown. */
  readonly asked: string[];
}

/** An HTTP proxy on loopback. Whatever host it is asked for, it goes to 127.0.0.1: names of tests have no address. */
export async function httpProxy(
  t: ExecutionContext,
  options: { tls?: KeyAndCertificate; refuse?: string } = {},
): Promise<RecordingProxy> {
  const asked: string[] = [];
  const server: Server = options.tls
    ? createTlsServer({ cert: options.tls.certificate, key: options.tls.privateKey })
    : createPlainServer();
  const user = (header: string | undefined) => (header ? ` as ${Buffer.from(header.slice(6), 'base64')}` : '');
  server.on('connect', (request, socket: Socket) => {
    asked.push(`CONNECT ${request.url}${user(request.headers['proxy-authorization'])}`);
    if (options.refuse) return socket.end(`HTTP/1.1 ${options.refuse}\r\n\r\n`);
    const port = Number(request.url!.split(':').at(-1));
    const onward = connect(port, '127.0.0.1', () =>
      socket.write('HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n'),
    );
    onward.pipe(socket).pipe(onward);
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  });
  server.on('request', (request, response) => {
    asked.push(`${request.method} ${request.url}${user(request.headers['proxy-authorization'])}`);
    const { port, pathname, search } = new URL(request.url!);
    plainRequest({ port, path: pathname + search, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    }).end();
  });
  return { port: await listening(t, server), asked };
}

/** A SOCKS5 proxy; with `password` it wants user `jane` and that. */
export async function socksProxy(
  t: ExecutionContext,
  options: { password?: string; reply?: number } = {},
): Promise<RecordingProxy> {
  const asked: string[] = [];
  const server = createServer(async (socket) => {
    const bytes = reader(socket);
    const [, methods] = await bytes(2);
    const offered = await bytes(methods!);
    const method = options.password ? 2 : 0;
    if (!offered.includes(method)) return socket.end(Buffer.from([5, 255]));
    socket.write(Buffer.from([5, method]));
    let user = '';
    if (method === 2) {
      const [, userLength] = await bytes(2);
      const name = await bytes(userLength!);
      const password = String(await bytes((await bytes(1))[0]!));
      user = ` as ${name}:${password}`;
      socket.write(Buffer.from([1, password === options.password ? 0 : 1]));
      if (password !== options.password) return;
    }
    const [, , , type] = await bytes(4);
    const host = type === 1 ? [...(await bytes(4))].join('.') : String(await bytes((await bytes(1))[0]!));
    const port = (await bytes(2)).readUInt16BE();
    asked.push(`CONNECT ${host}:${port}${user}`);
    if (options.reply) return socket.end(Buffer.from([5, options.reply, 0, 1, 0, 0, 0, 0, 0, 0]));
    const onward = connect(port, '127.0.0.1', () => {
      // In two pieces, with a name for the address: both are allowed.
      socket.write(Buffer.from([5, 0, 0, 3]));
      setTimeout(() => {
        socket.write(Buffer.from([1, 120, 0, 0]));
        onward.pipe(socket).pipe(onward);
      }, 20);
    });
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  });
  return { port: await listening(t, server), asked };
}

async function listening(t: ExecutionContext, server: ReturnType<typeof createServer>): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Gives exactly so many bytes, however they arrive. */
function reader(socket: Socket): (count: number) => Promise<Buffer> {
  return async (count) => {
    for (;;) {
      const bytes = count === 0 ? Buffer.alloc(0) : (socket.read(count) as Buffer | null);
      if (bytes) return bytes;
      await new Promise((resolve) => socket.once('readable', resolve));
    }
  };
}
