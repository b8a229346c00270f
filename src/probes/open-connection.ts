import { connect, isIP, type Socket } from 'node:net';
import type { ConnectionAnswer } from '../snapshot/probe.ts';
import type { Deadline } from './deadline.ts';

/** An open connection, or why it failed. */
export interface Connected {
  readonly answer: ConnectionAnswer;
  readonly socket: Socket | undefined;
}

const unreachable: readonly (string | undefined)[] = [
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'EACCES',
  'EPERM',
];

/**
 * The time limit for each address of a host that has several, in milliseconds. After it, Node tries the next address.
 * The last address has no such limit. RFC 8305 recommends 250 ms.
 */
const nextAddressAfterMs = 250;

/**
 * Connects to the first address that answers in time.
 *
 * @param addresses IP addresses: the result of a DNS lookup, or the address itself
 */
export async function openConnection(
  addresses: readonly string[],
  port: number,
  deadline: Deadline,
): Promise<Connected> {
  const known = addresses.map((address) => ({ address, family: isIP(address) }));
  const socket = connect({
    host: known.length === 1 ? known[0]!.address : 'several',
    port,
    autoSelectFamily: known.length > 1,
    autoSelectFamilyAttemptTimeout: nextAddressAfterMs,
    lookup: (_, { all }, done) => (all ? done(null, known) : done(null, known[0]!.address, known[0]!.family)),
  });
  const outcome = new Promise<string>((resolve) => {
    socket.once('connect', () => resolve(''));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(codeOf(error)));
  });
  const code = await deadline.within(outcome, 'ETIMEDOUT');
  if (code === '') return { answer: { outcome: 'open', code }, socket };
  socket.destroy();
  return { answer: { outcome: outcomeOf(code), code }, socket: undefined };
}

/**
 * The code of an error. If several addresses failed, it is the code of the most useful error: a refused connection,
 * then a timeout, then an unreachable address.
 */
function codeOf(error: NodeJS.ErrnoException & { readonly errors?: readonly NodeJS.ErrnoException[] }): string {
  const codes = (error.errors ?? [error]).map(({ code }) => code ?? 'ECONNABORTED');
  return codes.find((code) => code === 'ECONNREFUSED') ?? codes.find((code) => code === 'ETIMEDOUT') ?? codes[0]!;
}

function outcomeOf(code: string): ConnectionAnswer['outcome'] {
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET') return 'refused';
  return unreachable.includes(code) ? 'unreachable' : 'no-answer';
}
