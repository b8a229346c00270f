import { nearestOf } from '../arguments/nearest.ts';
import { advice } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { Detected } from '../platforms/detect.ts';
import { platformIds } from '../platforms/ids.ts';
import type { LoadBalancer } from '../platforms/platform.ts';
import { loadBalancerNamed } from '../platforms/scheme.ts';

/** The load balancer that `--platform` names. @throws UsageError for an unknown name, and when that platform has none */
export function platformNamed(name: string): Detected<LoadBalancer> {
  const id = platformIds.find((each) => each === name);
  if (id) return loadBalancerNamed(id);
  const nearest = nearestOf(name, platformIds);
  throw new UsageError('unknown-platform', `--platform ${name} is not a known platform`, [
    advice(nearest ? `did you mean --platform ${nearest}?` : `--platform takes one of ${platformIds.join(', ')}`),
  ]);
}
