import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { NameAnswer } from '../snapshot/probe.ts';
import type { Deadline } from './deadline.ts';

/**
 * getaddrinfo's codes for a name that does not exist or has no address. Any other code means that no DNS server
 * answered.
 */
const unknownNames: readonly (string | undefined)[] = ['ENOTFOUND', 'ENODATA', 'ENONAME'];

/**
 * Resolves a name with the system's resolver, as other programs do: hosts file, search domains, DNS servers. The error
 * `EAI_AGAIN` means that no server answered in time.
 */
export async function resolveName(name: string, deadline: Deadline): Promise<NameAnswer> {
  const failed = (outcome: NameAnswer['outcome'], code: string) => ({ name, outcome, addresses: [], code });
  try {
    const found = await deadline.within<LookupAddress[], undefined>(
      lookup(name, { all: true, order: 'verbatim' }),
      undefined,
    );
    if (!found) return failed('no-answer', 'ETIMEDOUT');
    return { name, outcome: 'resolved', addresses: found.map(({ address }) => address), code: '' };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return failed(unknownNames.includes(code) ? 'unknown-name' : 'no-answer', code ?? 'EAI_FAIL');
  }
}

/** The IP addresses behind an address, which may be a name; empty if the name did not resolve. */
export function ipAddressesOf(address: string, names: readonly NameAnswer[]): readonly string[] {
  return isIP(address) === 0 ? (names.find(({ name }) => name === address)?.addresses ?? []) : [address];
}
