import test from 'ava';
import { ApiError } from '../../src/kubernetes/api/api-error.ts';
import type { Connection } from '../../src/kubernetes/api/connect.ts';
import type { WatchEvent } from '../../src/kubernetes/api/watch.ts';
import { collect } from '../../src/kubernetes/snapshots/collect.ts';
import { watchSnapshot } from '../../src/kubernetes/snapshots/watch-snapshot.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { itemsOf } from '../../src/snapshot/topics.ts';

interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly resourceVersion: string };
}

const pod = (name: string, resourceVersion: string): Pod => ({ metadata: { name, namespace: 'a', resourceVersion } });
const added = (name: string, resourceVersion: string) => ({ type: 'ADDED', object: pod(name, resourceVersion) });
const refusal = (status: number, reason: string) =>
  new ApiError({ status, reason, message: reason, causes: [], about: { name: '', kind: '' } });

/** What one watch of Pods brings: events, then the end of the connection or an error; `stays` keeps it open. */
interface Watch {
  readonly events?: readonly { type: string; object: object }[];
  readonly error?: Error;
  readonly stays?: boolean;
}

/** A server that answers lists and watches of Pods in this order, the last ones for good. */
function server(lists: readonly (readonly Pod[])[], watches: readonly Watch[]) {
  const asked: string[] = [];
  let [listed, watched] = [0, 0];
  const api = {
    async list() {
      const at = Math.min(listed++, lists.length - 1);
      asked.push('list');
      return { items: [...lists[at]!], resourceVersion: `${(at + 1) * 100}`, cutOff: false };
    },
    async *watch(_path: string, { resourceVersion }: { resourceVersion: string }, signal: AbortSignal) {
      const { events = [], error, stays } = watches[Math.min(watched++, watches.length - 1)]!;
      asked.push(`watch ${resourceVersion}`);
      for (const event of events) yield event as WatchEvent<object>;
      if (error) throw error;
      if (stays && !signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  };
  const connection = { contextName: '', server: '', api, now: () => new Date(0) } as unknown as Connection;
  return { asked, connection };
}

const look = { namespace: 'a', requests: { pods: { path: '/api/v1/namespaces/a/pods' } } };
const namesIn = ({ topics }: Snapshot) => itemsOf(topics.pods).map(({ metadata }) => metadata?.name);

/** Names of the Pods in each snapshot, until those are there that are awaited. */
async function followed({ connection }: ReturnType<typeof server>, awaited: readonly string[]): Promise<string[][]> {
  const seen: string[][] = [];
  const stop = AbortSignal.timeout(120_000);
  for await (const snapshot of watchSnapshot(connection, look, await collect(connection, look), stop)) {
    seen.push(namesIn(snapshot) as string[]);
    if (seen.at(-1)!.join() === awaited.join()) return seen;
  }
  throw new Error(`awaited ${awaited}, saw ${JSON.stringify(seen)}`);
}

test('a version that expires while watching is followed by a list, and the watch goes on from that', async (t) => {
  const here = server(
    [[pod('a', '1')], [pod('b', '150'), pod('c', '160')]],
    [
      { events: [added('b', '101')], error: refusal(410, 'Expired') },
      { events: [added('d', '201')], stays: true },
    ],
  );
  const seen = await followed(here, ['b', 'c', 'd']);
  t.true(
    seen.every((names) => names.join() === 'a,b' || names[0] === 'b'),
    'a is gone with the list',
  );
  t.deepEqual(here.asked, ['list', 'watch 100', 'list', 'watch 200']);
});

for (const [what, first] of [
  ['a connection that breaks', { events: [added('b', '101')], error: new Error('EOF') }],
  ['a watch that the server ends', { events: [added('b', '101')] }],
] as const) {
  test(`${what} goes on from the last event, without a list`, async (t) => {
    const here = server([[pod('a', '1')]], [first, { events: [added('c', '102')], stays: true }]);
    await followed(here, ['a', 'b', 'c']);
    t.deepEqual(here.asked, ['list', 'watch 100', 'watch 101']);
  });
}

test('a bookmark moves the version, and is no change', async (t) => {
  const bookmark = { type: 'BOOKMARK', object: { metadata: { resourceVersion: '900' } } };
  const here = server([[pod('a', '1')]], [{ events: [bookmark] }, { events: [added('b', '901')], stays: true }]);
  t.deepEqual(await followed(here, ['a', 'b']), [['a', 'b']]);
  t.deepEqual(here.asked, ['list', 'watch 100', 'watch 900']);
});

test('a Pod that is deleted goes', async (t) => {
  const gone = { type: 'DELETED', object: pod('a', '101') };
  const here = server([[pod('a', '1'), pod('b', '2')]], [{ events: [gone], stays: true }]);
  t.deepEqual(await followed(here, ['b']), [['b']]);
});

test('a refusal that lasts ends it with that error; one that passes does not', async (t) => {
  const forbidden = { error: refusal(403, 'Forbidden') };
  const passing = server([[pod('a', '1')]], [forbidden, { events: [added('b', '101')], stays: true }]);
  await followed(passing, ['a', 'b']);
  const lasting = server([[pod('a', '1')]], [forbidden]);
  await t.throwsAsync(followed(lasting, ['b']), { message: /Forbidden/ });
  t.is(lasting.asked.filter((each) => each.startsWith('watch')).length, 6);
});

test('a snapshot is held back until the lists that it makes necessary were read', async (t) => {
  const nodes = { path: '/api/v1/nodes' };
  const api = {
    async list(path: string) {
      return { items: path === nodes.path ? [pod('node', '1')] : [], resourceVersion: '100', cutOff: false };
    },
    async *watch(path: string, _: object, signal: AbortSignal) {
      if (path !== nodes.path) yield added('b', '101') as WatchEvent<object>;
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  };
  const connection = { contextName: '', server: '', api, now: () => new Date(0) } as unknown as Connection;
  const further = { ...look, followUp: (from: Snapshot) => (namesIn(from).length > 0 ? { nodes } : {}) };
  const first = await collect(connection, further);
  t.false(first.topics.nodes.observed);
  for await (const snapshot of watchSnapshot(connection, further, first, AbortSignal.timeout(120_000))) {
    t.deepEqual(namesIn(snapshot), ['b']);
    t.true(snapshot.topics.nodes.observed);
    return;
  }
  t.fail('no snapshot came');
});
