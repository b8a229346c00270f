import test from 'ava';
import { Failure } from '../../src/errors/failure.ts';
import { ApiError } from '../../src/kubernetes/api/api-error.ts';
import type { Connection } from '../../src/kubernetes/api/connect.ts';
import { applyPlan } from '../../src/kubernetes/changes/apply.ts';
import { Journal } from '../../src/kubernetes/changes/journal.ts';
import { StalePlanError } from '../../src/kubernetes/changes/stale-plan-error.ts';
import type { Manifest, PlannedWrite } from '../../src/snapshot/plan.ts';

const write = (name: string, more: Partial<PlannedWrite> = {}): PlannedWrite => ({
  ...{ kind: 'Ingress', effect: 'created', ports: [], ownedBy: [] },
  manifest: { metadata: { name, namespace: 'n' } },
  ...more,
});
const plan = { writes: [write('extra', { optional: 'no redirect' }), write('main')], removals: [], warnings: [] };

const denied = (status: number) =>
  new ApiError({ status, reason: '', causes: [], message: 'admission webhook "x" denied it', about: {} } as never);

/** Applies the plan at a server that answers to the object `extra` with an error. */
async function applied(error: Error, isDryRun = false) {
  const [sent, removed, reported]: string[][] = [[], [], []];
  const apply = async (_: string, manifest: Manifest) => {
    const { name = '' } = manifest.metadata ?? {};
    sent!.push(name);
    if (name === 'extra') throw error;
    return manifest;
  };
  const remove = async (path: string) => removed!.push(path);
  const connection = { api: { apply, remove, get: async () => ({}) } } as unknown as Connection;
  const journal = isDryRun ? undefined : new Journal((line) => reported!.push(line));
  const skipped = (line: string) => reported!.push(line);
  const done = applyPlan(connection, plan, { fieldManager: 'x', forceConflicts: false, journal, skipped });
  const names = await done.then(
    (all) => all.map(({ object }) => object.metadata?.name),
    (failure: Error) => failure,
  );
  return { sent, removed, reported, names };
}

test('an optional write is sent after the others, and when it is refused, the rest stays', async (t) => {
  for (const status of [400, 403, 422]) {
    const { sent, removed, reported, names } = await applied(denied(status));
    t.deepEqual([sent, removed, names], [['main', 'extra'], [], ['main']]);
    t.is(reported?.length, 2);
    t.regex(reported!.at(-1)!, /^warning: no redirect: .*admission webhook "x" denied it/);
  }
});

test('a dry run tells it, too', async (t) => {
  const { reported, names } = await applied(denied(400), true);
  t.deepEqual(names, ['main']);
  t.regex(reported!.join(), /^no redirect: /);
});

test('any other failure ends the command, and takes back nothing', async (t) => {
  for (const status of [409, 500]) {
    const { removed, names } = await applied(denied(status));
    t.true(names instanceof Failure);
    t.is(names instanceof StalePlanError, status === 409, 'a new plan follows a conflict');
    t.deepEqual(removed, []);
  }
});

test('what yields a path is written or removed before the write that adds it', async (t) => {
  const sent: string[] = [];
  const apply = async (_: string, manifest: Manifest) => {
    await new Promise(setImmediate);
    sent.push(manifest.metadata?.name ?? '');
    return manifest;
  };
  const remove = async (path: string) => sent.push(`-${path.split('/').at(-1)}`);
  const connection = { api: { apply, remove } } as unknown as Connection;
  const removal = (name: string) => ({ kind: 'Ingress', namespace: 'n', name, uid: 'u', resourceVersion: '1' });
  const moving = {
    writes: [write('extra', { optional: 'no redirect' }), write('gains'), write('loses', { yields: true })],
    removals: [removal('old'), { ...removal('emptied'), yields: true as const }],
    warnings: [],
  };
  await applyPlan(connection, moving, { fieldManager: 'x', forceConflicts: false, journal: new Journal(() => {}) });
  t.deepEqual([sent.slice(0, 2).sort(), ...sent.slice(2)], [['-emptied', 'loses'], 'gains', '-old', 'extra']);
});

/** Moves a path from the Ingress `old` to `new`, at a server that refuses the write of `new` so many times. */
async function moved(holder: string, refusals: number) {
  const message = `admission webhook "x" denied it: host "_" and path "/a" is already defined in ingress ${holder}`;
  let attempts = 0;
  const apply = async (_: string, manifest: Manifest) => {
    if (++attempts > refusals) return manifest;
    throw new ApiError({ status: 400, reason: 'BadRequest', causes: [], message, about: {} } as never);
  };
  const connection = { api: { apply, remove: async () => {}, get: async () => ({}) } } as unknown as Connection;
  const removals = [{ kind: 'Ingress', namespace: 'n', name: 'old', uid: '1', resourceVersion: '1', yields: true }];
  const options = { fieldManager: 'x', forceConflicts: false, journal: new Journal(() => {}) };
  const outcome = await applyPlan(
    connection,
    { writes: [write('new')], removals, warnings: [] } as never,
    options,
  ).then(
    () => 'applied',
    (error: Error) => error.message,
  );
  return { attempts, outcome };
}

test('a path is written again until the controller has seen that the other Ingress is gone', async (t) => {
  t.deepEqual(await moved('n/old', 2), { attempts: 3, outcome: 'applied' });
});

test('a path of an Ingress that this call did not change is refused at once', async (t) => {
  const { attempts, outcome } = await moved('n/older', 2);
  t.is(attempts, 1);
  t.regex(outcome, /is already defined in ingress n\/older/);
});

test('after a failed write, an object that garbage collection has deleted first counts as removed again', async (t) => {
  const reported: string[] = [];
  const gone = { status: 404, reason: 'NotFound', message: 'not found', about: { name: 'made', kind: 'services' } };
  const apply = async (_: string, manifest: Manifest) => {
    if (manifest.metadata?.name === 'refused') throw denied(403);
    return { ...manifest, metadata: { ...manifest.metadata, uid: 'u', resourceVersion: '1' } };
  };
  const remove = async () => {
    throw new ApiError({ ...gone, causes: [] });
  };
  const connection = { api: { apply, remove, get: async () => ({}) } } as unknown as Connection;
  const journal = new Journal((line) => reported.push(line));
  const made: PlannedWrite = {
    ...{ kind: 'Service', effect: 'created', ports: [] },
    manifest: { metadata: { name: 'made', namespace: 'n' } },
  };
  const plan = { writes: [made, write('refused')], removals: [], warnings: [] };
  await t.throwsAsync(applyPlan(connection, plan, { fieldManager: 'x', forceConflicts: false, journal }));
  t.is(reported.at(-1), 'service/made removed again');
  t.false(reported.join().includes('still exists'));
});
