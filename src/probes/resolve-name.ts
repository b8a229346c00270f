import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import type { NameAnswer } from '../snapshot/probe.ts';
import type { Deadline } from './deadline.ts';

/** getaddrinfo's codes for "there is no such name, or it has no address"; others mean that nobody answered. */
const unknownNames: readonly (string | undefined)[] = ['ENOTFOUND', 'ENODATA', 'ENONAME'];

/**
 * Asks the system's resolver, as every program on this machine does: its hosts file, its search domains, its servers.
 * `EAI_AGAIN` says that no server answered in time.
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
