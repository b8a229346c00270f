import { type Answer, answerOf, notCalled } from '../doctor/answer.ts';
import { probeTargetsOf } from '../doctor/probe-targets.ts';
import type { Endpoint } from '../exposure/endpoint.ts';
import { probeKey } from '../snapshot/probe.ts';
import type { System } from '../system.ts';

/** By row. */
export type Answers = ReadonlyMap<Endpoint, Answer>;

/** Why this machine calls no URL; undefined if it does. */
export function whyNoCalls({ env }: Pick<System, 'env'>): string | undefined {
  return env.SKYPORTS_PROBE === 'false' ? 'SKYPORTS_PROBE=false' : undefined;
}

/** Calls the URL of each row, all at once and within three seconds, as the doctor does. */
export async function callEndpoints(rows: readonly Endpoint[], system: Pick<System, 'env'>): Promise<Answers> {
  const why = whyNoCalls(system);
  if (why !== undefined) return new Map(rows.map((row) => [row, notCalled(why)]));
  const targets = probeTargetsOf(rows);
  if (targets.length === 0) return new Map(rows.map((row) => [row, answerOf(row, new Map())]));
  const [{ probeAddresses }, { proxyFor }] = await Promise.all([
    import('../probes/probe-addresses.ts'),
    import('./proxy-for.ts'),
  ]);
  const probes = await probeAddresses(targets, { proxyOf: proxyFor(system) });
  const byKey = new Map(probes.map((probe) => [probeKey(probe), probe]));
  return new Map(rows.map((row) => [row, answerOf(row, byKey)]));
}
