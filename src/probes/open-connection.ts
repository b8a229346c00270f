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

/** How long one of several addresses may take before the next one is tried in parallel (RFC 8305). */
const nextAddressAfterMs = 250;

/**
 * Connects to the first of the addresses that answers.
 *
 * @param addresses IPs: the result of a DNS lookup, or the address itself
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

/** The most useful error of several addresses: a refused connection says more than an unreachable address. */
function codeOf(error: NodeJS.ErrnoException & { readonly errors?: readonly NodeJS.ErrnoException[] }): string {
  const codes = (error.errors ?? [error]).map(({ code }) => code ?? 'ECONNABORTED');
  return codes.find((code) => code === 'ECONNREFUSED') ?? codes.find((code) => code === 'ETIMEDOUT') ?? codes[0]!;
}

function outcomeOf(code: string): ConnectionAnswer['outcome'] {
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET') return 'refused';
  return unreachable.includes(code) ? 'unreachable' : 'no-answer';
}
