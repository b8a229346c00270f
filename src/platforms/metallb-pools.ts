import type { Service } from 'kubernetes-types/core/v1';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Absence } from './absence.ts';
import { detectPlatforms } from './detect.ts';
import { makerOf } from './maker.ts';

/** By which a Service names a pool of MetalLB's; the second before 0.14.9. */
const poolAnnotations = ['metallb.io/address-pool', 'metallb.universe.tf/address-pool'];

/**
 * What MetalLB's pools have to do with a Service of its that got no address; undefined where they were not seen.
 *
 * @param isSilent whether nothing is said of the Service: without a pool, MetalLB says nothing
 */
export function metallbPoolsOf(service: Service, snapshot: Snapshot, isSilent: boolean): Absence | undefined {
  const { addressPools } = snapshot.topics;
  if (makerOf(service, detectPlatforms(snapshot))?.id !== 'metallb' || !addressPools.observed) return undefined;
  const pools = addressPools.items.map(({ metadata }) => metadata?.name ?? '');
  if (pools.length === 0) return isSilent ? noPool : undefined;
  const annotations = service.metadata?.annotations ?? {};
  const key = poolAnnotations.find((each) => annotations[each] !== undefined);
  const asked = key === undefined ? undefined : annotations[key];
  if (key === undefined || asked === undefined || pools.includes(asked)) return undefined;
  const there = `${pools.slice(0, 5).join(', ')}${pools.length > 5 ? `, ${pools.length - 5} more` : ''}`;
  return {
    cause: `it asks for pool ${asked} by ${key}, and there ${pools.length === 1 ? 'is' : 'are'} ${there}`,
    advice: 'without that annotation it gets an address of any pool; --address-pool NAME asks for another',
    flags: `--annotation ${key}-`,
    isSure: true,
  };
}

const noPool: Absence = {
  cause: 'MetalLB is there and has no IPAddressPool, so it has nothing to give',
  advice: 'make an IPAddressPool and an L2Advertisement: https://metallb.io/configuration/',
  isSure: true,
};
