import type { Namespace, Service } from 'kubernetes-types/core/v1';
import { command } from '../../errors/cure.ts';
import { signpostAddressOf } from '../../exposure/controllers/signpost.ts';
import { fieldManager } from '../../exposure/ownership.ts';
import { planSignpost } from '../../exposure/plan/plan-signpost.ts';
import { planSignpostRemoval } from '../../exposure/plan/plan-signpost-removal.ts';
import { ApiError } from '../../kubernetes/api/api-error.ts';
import { applyPlan } from '../../kubernetes/changes/apply.ts';
import { applyInOrder, type OrderedResult } from '../../kubernetes/changes/apply-in-order.ts';
import { journaled } from '../../kubernetes/changes/journal.ts';
import { observe } from '../../kubernetes/snapshots/collect.ts';
import { withControllerService } from '../../modes/ingress/printed.ts';
import { controllerService } from '../../skypilot/names.ts';
import { resourceNameOf } from '../../snapshot/object-reference.ts';
import { collectionPath } from '../../snapshot/resource-paths.ts';
import { exitCodes } from '../command.ts';
import { dryRunSuffix } from '../flags/dry-run.ts';
import { printManifests } from '../flags/print-manifests.ts';
import { say, sayWithCures } from '../messages.ts';
import { retryOnConflict } from '../retry-on-conflict.ts';
import { type AnnotateCall, findObject, lookAround } from './lists.ts';
import type { AnnotateTask } from './options.ts';
import { printWhatSkyPilotPrints, ReplaceQuestion } from './printed.ts';

type SignpostTask = Extract<AnnotateTask, { readonly do: 'signpost' }>;

/**
 * Runs `annotate --signpost ADDRESS`: creates the Service and sets its status. Also creates the namespace and the
 * IngressClass if they do not exist.
 */
export async function putSignpost(task: SignpostTask, call: AnnotateCall): Promise<number> {
  const { args, connection, connectionValues, system } = call;
  const dryRun = args.dryRun !== undefined;
  let said = false;
  const question = new ReplaceQuestion(call);
  const done = await journaled(system.stderr.line, (journal) =>
    retryOnConflict(async () => {
      const [service, namespaceExists, snapshot] = await Promise.all([
        findObject<Service>(connection, 'Service', controllerService),
        hasNamespace(call),
        lookAround(call),
      ]);
      const { ingressClasses } = snapshot.topics;
      const plan = planSignpost({ service, namespaceExists, ingressClasses }, { ...task, force: args.force });
      if (!said) for (const { fact, cures } of plan.notes) sayWithCures(system, fact, cures, connectionValues);
      said = true;
      const old = service && signpostAddressOf(service);
      if (old !== undefined && old !== task.address) {
        if (!(await question.allows(replacement(old, task.address)))) return undefined;
        say(system, `the signpost showed ${old}`);
      }
      const planned = plan.writes.map(({ kind, effect, manifest, status }) => ({
        kind,
        effect,
        object: { ...manifest, ...(status && { status }) },
      }));
      if (args.dryRun === 'client') return { results: planned, around: snapshot };
      const options = { fieldManager, forceConflicts: false, journal: dryRun ? undefined : journal };
      const applied = await applyInOrder(connection, plan.writes, options);
      const unchanged = planned.filter(({ effect }) => !dryRun && effect === 'unchanged');
      return { results: [...applied, ...unchanged], around: snapshot };
    }),
  );
  if (!done) return exitCodes.failed;
  const { results, around } = done;
  await announce(results, call);
  const service = results.find(({ kind }) => kind === 'Service')?.object as Service | undefined;
  if (args.format === undefined) {
    printWhatSkyPilotPrints(withControllerService(around, service), dryRun ? system.stderr : system.stdout, system);
  }
  return exitCodes.fine;
}

function replacement(old: string, value: string) {
  const dryRunCommand = command`kubectl skyports annotate --signpost ${value} --dry-run`;
  return { holder: 'the signpost has the address', old, value, dryRunCommand };
}

/**
 * Whether the namespace of the signpost exists. Also true if the user may not read namespaces. If the namespace is then
 * missing, the write fails.
 */
async function hasNamespace({ connection }: AnnotateCall): Promise<boolean> {
  try {
    const name = { namespace: '', name: controllerService.namespace };
    return (await findObject<Namespace>(connection, 'Namespace', name)) !== undefined;
  } catch (error) {
    if (error instanceof ApiError && error.isForbidden) return true;
    throw error;
  }
}

async function announce(results: readonly OrderedResult[], { args, system }: AnnotateCall): Promise<void> {
  if (args.dryRun) {
    await printManifests(results, { format: args.format, server: args.dryRun === 'server' }, system);
    return;
  }
  for (const { kind, effect, object } of results) {
    if (effect !== 'unchanged') continue;
    say(system, `${resourceNameOf(kind, object.metadata?.name ?? '')} ${effect}`);
  }
}

/** Runs `annotate --remove-signpost`: deletes the objects that `--signpost` created. */
export async function removeSignpost(call: AnnotateCall): Promise<number> {
  const { args, connection, connectionValues, system } = call;
  const { removals, notes } = await journaled(system.stdout.line, (journal) =>
    retryOnConflict(async () => {
      const [service, { topics }, ingresses] = await Promise.all([
        findObject<Service>(connection, 'Service', controllerService),
        lookAround(call),
        observe(connection, 'ingresses', { path: collectionPath('Ingress', null) }),
      ]);
      const plan = planSignpostRemoval({ service, ingressClasses: topics.ingressClasses }, ingresses);
      if (args.dryRun !== 'client') {
        const options = { fieldManager, forceConflicts: false, journal: args.dryRun ? undefined : journal };
        await applyPlan(connection, { writes: [], removals: plan.removals, warnings: [] }, options);
      }
      return plan;
    }),
  );
  for (const { fact, cures } of notes) sayWithCures(system, fact, cures, connectionValues);
  if (removals.length === 0) say(system, 'there is no signpost here: nothing to remove');
  if (!args.dryRun) return exitCodes.fine;
  const suffix = dryRunSuffix(args.dryRun);
  const shown = args.format === 'name' ? '' : ` deleted${suffix}`;
  for (const { kind, name } of removals) system.stdout.line(`${resourceNameOf(kind, name)}${shown}`);
  return exitCodes.fine;
}
