import type { ListeningSocket, PodProbe } from './probe.ts';

/** The state of a listening socket (Linux, include/net/tcp_states.h: TCP_LISTEN). */
const listen = '0A';

/**
 * The listening sockets in /proc/net/tcp and /proc/net/tcp6 (Documentation/networking/proc_net_tcp.rst), sorted by
 * port. Each socket appears once. Malformed lines are left out. An IPv4 address in IPv6 form (::ffff:127.0.0.1) is
 * returned as IPv4.
 *
 * In these files, an address is written as 32-bit words in the byte order of the machine, and a port in network order.
 * All machines that run SkyPilot are little-endian.
 */
export function listeningSockets(text: string): ListeningSocket[] {
  const found = new Map<string, ListeningSocket>();
  for (const line of text.split('\n')) {
    const [, hex, port, state] =
      /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) \S+ ([0-9A-F]{2}) /.exec(line) ?? [];
    if (!hex || !port || state !== listen) continue;
    const socket = { address: addressOf(hex), port: Number.parseInt(port, 16) };
    found.set(`${socket.port} ${socket.address}`, socket);
  }
  return [...found.values()].sort((a, b) => a.port - b.port || (a.address < b.address ? -1 : 1));
}

/** Whether a socket accepts connections from outside the Pod. */
export function isOpenToOthers({ address }: ListeningSocket): boolean {
  return !address.startsWith('127.') && address !== '::1';
}

function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)),
  );
  if (bytes.length === 4) return bytes.join('.');
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  return isMapped ? bytes.slice(12).join('.') : compressed(bytes);
}

/** Writes an IPv6 address as in RFC 5952: the longest run of two or more zero groups becomes `::`. */
function compressed(bytes: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16));
  let longest = { start: 0, length: 0 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === '0') length++;
    if (length > longest.length) longest = { start, length };
  }
  if (longest.length < 2) return groups.join(':');
  return `${groups.slice(0, longest.start).join(':')}::${groups.slice(longest.start + longest.length).join(':')}`;
}

/**
 * Whether a process in a Pod accepts calls from outside on a port. If the sockets were not read, the result is true,
 * except after a refused call.
 */
export function listens({ proxy, listening, port }: PodProbe): boolean {
  if (proxy.outcome === 'answers') return true;
  if (!listening) return proxy.outcome !== 'refused';
  return listening.some((socket) => socket.port === port && isOpenToOthers(socket));
}
