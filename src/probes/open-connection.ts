import { connect, isIP, type Socket } from 'node:net';
import type { ConnectionAnswer } from '../snapshot/probe.ts';
import type { Deadline } from './deadline.ts';

/** A connection that came about, or why none did. */
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

/** How long one of several addresses may take before the next is tried beside it (RFC 8305). */
const nextAddressAfterMs = 250;

/**
 * Connects to the first of the addresses that answers.
 *
 * @param addresses IPs: what a name leads to, or the address itself
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

/** Of several addresses the error that says most: one that was refused beats one that was not reached. */
function codeOf(error: NodeJS.ErrnoException & { readonly errors?: readonly NodeJS.ErrnoException[] }): string {
  const codes = (error.errors ?? [error]).map(({ code }) => code ?? 'ECONNABORTED');
  return codes.find((code) => code === 'ECONNREFUSED') ?? codes.find((code) => code === 'ETIMEDOUT') ?? codes[0]!;
}

function outcomeOf(code: string): ConnectionAnswer['outcome'] {
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET') return 'refused';
  return unreachable.includes(code) ? 'unreachable' : 'no-answer';
}
