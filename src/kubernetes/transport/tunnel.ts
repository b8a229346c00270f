import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { proxyName } from './proxy.ts';

/** The proxy could not be reached, or refused the connection. */
export class ProxyError extends Error {}

const tunnelLimitMs = 30_000;

/**
 * Opens a TCP connection to `host:port` through a proxy. client-node's proxy agents are not used, for three reasons:
 * they verify an https proxy with other authorities than kubectl does, have no time limit, and do not keep connections
 * open.
 *
 * @param tls the TLS options for an https proxy; as in kubectl, they are those for the API server
 * @throws ProxyError
 */
export async function openTunnel(proxy: URL, host: string, port: number, tls: ConnectionOptions): Promise<Socket> {
  const where = {
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: Number(proxy.port || defaultPorts[proxy.protocol]),
  };
  const socket = proxy.protocol === 'https:' ? await connectTls({ ...tls, ...where }) : connectTcp(where);
  // Between two reads, nothing else listens for errors of the socket. An error without a listener would end the
  // process.
  socket.on('error', () => {});
  const limit = setTimeout(() => socket.destroy(new Error('i/o timeout')), tunnelLimitMs);
  try {
    if (proxy.protocol.startsWith('socks5')) await askSocks(socket, proxy, host, port);
    else await askHttp(socket, proxy, host, port);
    return socket;
  } catch (error) {
    socket.destroy();
    const { message, code } = error as NodeJS.ErrnoException;
    const reason = code === 'ECONNREFUSED' ? 'connection refused' : code === 'ENOTFOUND' ? 'no such host' : message;
    throw new ProxyError(`proxyconnect: ${proxyName(proxy)}: ${reason}`, { cause: error });
  } finally {
    clearTimeout(limit);
  }
}

const defaultPorts: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'socks5:': 1080,
  'socks5h:': 1080,
};

async function connectTls(options: ConnectionOptions & { host: string }): Promise<Socket> {
  const { connect } = await import('node:tls');
  const servername = options.servername || (isIP(options.host) ? '' : options.host);
  return connect({ ...options, servername });
}

const headEnd = '\r\n\r\n';

async function askHttp(socket: Socket, proxy: URL, host: string, port: number): Promise<void> {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const secret = [proxy.username, proxy.password].map(decodeURIComponent).join(':');
  const authorization =
    secret === ':' ? '' : `Proxy-Authorization: Basic ${Buffer.from(secret).toString('base64')}\r\n`;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${authorization}\r\n`);
  const answer = await readUntil(socket, (bytes) =>
    bytes.includes(headEnd) ? bytes.indexOf(headEnd) + headEnd.length : 0,
  );
  const [, status, reason] = /^HTTP\/1\.[01] (\d{3}) ?([^\r\n]*)/.exec(answer.toString('latin1')) ?? [];
  if (status !== '200') throw new Error(status ? `${reason || 'refused'} (${status})` : 'this is not an HTTP proxy');
}

/**
 * Opens the tunnel with SOCKS5 (RFC 1928, and RFC 1929 for a user name). As with kubectl, the proxy resolves the host name.
 */
async function askSocks(socket: Socket, proxy: URL, host: string, port: number): Promise<void> {
  const [user, password] = [proxy.username, proxy.password].map((text) => Buffer.from(decodeURIComponent(text)));
  const methods = user!.length ? [0, 2] : [0];
  socket.write(Buffer.from([5, methods.length, ...methods]));
  const [version, method] = await readUntil(socket, () => 2);
  if (version !== 5) throw new Error('this is not a SOCKS5 proxy');
  if (method === 2) {
    socket.write(Buffer.from([1, user!.length, ...user!, password!.length, ...password!]));
    const [, refused] = await readUntil(socket, () => 2);
    if (refused) throw new Error('username/password authentication failed');
  } else if (method !== 0) throw new Error('no acceptable authentication methods');
  const name = Buffer.from(host);
  socket.write(Buffer.from([5, 1, 0, ...socksAddress(host, name), port >> 8, port & 255]));
  const reply = await readUntil(socket, (bytes) => (bytes.length < 5 ? 5 : socksReplyLength(bytes)));
  if (reply[1] !== 0) throw new Error(socksErrors[reply[1]!] ?? `SOCKS error ${reply[1]}`);
}

function socksAddress(host: string, name: Buffer): number[] {
  if (isIP(host) === 4) return [1, ...host.split('.').map(Number)];
  return [3, name.length, ...name];
}

function socksReplyLength(bytes: Buffer): number {
  const addressLength = bytes[3] === 1 ? 4 : bytes[3] === 4 ? 16 : 1 + bytes[4]!;
  return 4 + addressLength + 2;
}

const socksErrors: Readonly<Record<number, string>> = {
  1: 'general SOCKS server failure',
  2: 'connection not allowed by ruleset',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
  6: 'TTL expired',
};

/**
 * Reads as many bytes as `length` returns. If `length` needs more bytes to compute this number, it returns 0. Bytes
 * after that number stay in the socket for the next reader.
 */
function readUntil(socket: Socket, length: (bytes: Buffer) => number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const wanted = length(bytes);
      if (wanted === 0 || bytes.length < wanted) return;
      stop();
      socket.pause();
      if (bytes.length > wanted) socket.unshift(bytes.subarray(wanted));
      resolve(bytes.subarray(0, wanted));
    };
    const onError = (error: Error) => {
      stop();
      reject(error);
    };
    const onEnd = () => onError(new Error('it closed the connection'));
    const stop = () => socket.off('data', onData).off('error', onError).off('end', onEnd).off('close', onEnd);
    socket.on('data', onData).on('error', onError).on('end', onEnd).on('close', onEnd).resume();
  });
}
