import { fieldManager } from '../../exposure/ownership.ts';
import { applyPlan } from '../../kubernetes/changes/apply.ts';
import { exitCodes } from '../command.ts';
import { type ManifestFormat, printManifests } from '../flags/print-manifests.ts';
import { say } from '../messages.ts';
import { sayHowToStart, sayPlan } from './announce.ts';
import type { ExposeCall } from './call.ts';
import { listsOfExpose, prepareExpose } from './prepare.ts';

/**
 * Runs `expose --dry-run`: prints the manifests. With `--dry-run=server`, prints the objects that the API server would
 * store.
 */
export async function dryRunExpose(call: ExposeCall, format: ManifestFormat): Promise<number> {
  const { args, flags, connection, system } = call;
  const prepared = await prepareExpose(call, listsOfExpose(call));
  const { plan, chosen, notes } = prepared;
  sayPlan({ ...plan, chosen, notes }, system);
  const server = args.dryRun === 'server';
  const { refuseWithoutRoom, withReadOnlyCheck } = await import('./refused.ts');
  const options = { fieldManager, forceConflicts: flags['force-conflicts'] ?? false, journal: undefined };
  const skipped = (line: string) => say(system, `warning: ${line}`);
  const objects = server
    ? await applyPlan(connection, plan, { ...options, skipped }).catch((error) => {
        throw withReadOnlyCheck(error, prepared);
      })
    : plan.writes.map(({ kind, effect, manifest }) => ({ kind, effect, object: manifest }));
  if (server) await refuseWithoutRoom(connection, prepared, system);
  if (!server && plan.writes.some(({ ownedBy }) => ownedBy)) {
    say(system, 'note: the Ingress is shown without ownerReferences: its Services have no uid before they exist');
  }
  if (plan.writes.some(({ newPassword }) => newPassword)) {
    say(system, 'note: the Secret is shown without its data: the password is made when the ports are opened');
  }
  await printManifests(objects, { format, server }, system);
  await sayHowToStart(call, plan, prepared.request, []);
  return exitCodes.fine;
}
