import { fieldManager } from '../exposure/ownership.ts';
import { applyPlan } from '../kubernetes/changes/apply.ts';
import { exitCodes } from './command.ts';
import { say, sayPlan } from './expose-messages.ts';
import { type ExposeCall, lookOfExpose, prepareExpose } from './prepare-expose.ts';
import { type ManifestFormat, printManifests } from './print-manifests.ts';

/** `expose --dry-run`: shows the manifests; with `server` as the API server would keep them. */
export async function rehearseExpose(call: ExposeCall, format: ManifestFormat): Promise<number> {
  const { given, flags, connection, system } = call;
  const { plan, chosen, notes } = await prepareExpose(call, lookOfExpose(call));
  sayPlan({ ...plan, chosen, notes }, system);
  const server = given.dryRun === 'server';
  const options = { fieldManager, forceConflicts: flags['force-conflicts'] ?? false, journal: undefined };
  const objects = server
    ? await applyPlan(connection, plan, options)
    : plan.writes.map(({ kind, effect, manifest }) => ({ kind, effect, object: manifest }));
  if (!server && plan.writes.some(({ ownedBy }) => ownedBy)) {
    say(system, 'note: the Ingress is shown without ownerReferences: its Services have no uid before they are made');
  }
  await printManifests(objects, { format, server }, system);
  return exitCodes.fine;
}
