import test from 'ava';
import { ApiError } from '../../src/kubernetes/api/api-error.ts';
import type { Connection } from '../../src/kubernetes/api/connect.ts';
import { observe } from '../../src/kubernetes/snapshots/collect.ts';
import { probePods } from '../../src/kubernetes/snapshots/probe-pods.ts';
import { apiGroups } from '../../src/kubernetes/snapshots/server-info.ts';

const refusal = (status: number, reason: string) =>
  new ApiError({ status, reason, message: reason, causes: [], about: { name: '', kind: '' } });
const serverWith = (api: object) => ({ api }) as unknown as Connection;
const refusing = (status: number, reason: string) =>
  serverWith({ list: () => Promise.reject(refusal(status, reason)) });

test('what everything rests on may be forbidden; a server that fails to show it has failed', async (t) => {
  const pods = { path: '/api/v1/pods' };
  t.like(await observe(refusing(403, 'Forbidden'), 'pods', pods), { observed: false, reason: 'forbidden' });
  await t.throwsAsync(observe(refusing(500, 'InternalError'), 'pods', pods), { instanceOf: ApiError });
  const events = { path: '/api/v1/events' };
  t.like(await observe(refusing(500, 'InternalError'), 'events', events), { observed: false, reason: 'failed' });
  t.like(await observe(refusing(504, 'Timeout'), 'events', events), { observed: false, reason: 'timed-out' });
  await t.throwsAsync(observe(refusing(401, 'Unauthorized'), 'events', events), { instanceOf: ApiError });
});

test('API groups that are no list of them are not believed', async (t) => {
  for (const answer of [{ kind: 'APIGroupList' }, { kind: 'Status', groups: [] }, { kind: 'Status' }]) {
    const seen = await apiGroups(serverWith({ get: async () => answer }));
    t.like(seen, { observed: false, reason: 'failed' }, JSON.stringify(answer));
  }
  const groups = [{ name: 'apps' }];
  t.like(await apiGroups(serverWith({ get: async () => ({ kind: 'APIGroupList', groups }) })), { items: groups });
});

test('a Pod is asked for its sockets once, and only if one of its ports does not answer', async (t) => {
  const asked: string[] = [];
  const refused = JSON.stringify({ kind: 'Status', apiVersion: 'v1', message: 'connection refused' });
  const connection = serverWith({
    async getRaw(path: string) {
      return path.includes(':80/') ? { status: 200, body: 'ok' } : { status: 503, body: refused };
    },
    async exec({ pod }: { pod: string }) {
      asked.push(pod);
      return { stdout: '  sl  local_address rem_address   st\n', stderr: '', failure: '' };
    },
  });
  const port = (pod: string, number: number) => ({ namespace: 'a', pod, port: number });
  const probes = await probePods(connection, [port('one', 80), port('two', 80), port('two', 81), port('two', 82)]);
  t.deepEqual(asked, ['two']);
  t.deepEqual(
    probes.map(({ proxy, listening }) => [proxy.outcome, listening]),
    [
      ['answers', null],
      ['answers', []],
      ['refused', []],
      ['refused', []],
    ],
  );
});
