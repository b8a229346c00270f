import test from 'ava';
import { ApiError } from '../../src/kubernetes/api/api-error.ts';
import type { Connection } from '../../src/kubernetes/api/connect.ts';
import { observe, observeAll } from '../../src/kubernetes/snapshots/collect.ts';
import { probePods } from '../../src/kubernetes/snapshots/probe-pods.ts';
import { reviewRules } from '../../src/kubernetes/snapshots/review-rules.ts';
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

test('topics with the same shared selector share one request, and each keeps its own objects', async (t) => {
  const sent: string[] = [];
  const pod = (name: string) => ({ metadata: { name, labels: { app: name } } });
  const connection = serverWith({
    async list(path: string, { labelSelector }: { labelSelector: string }) {
      sent.push(`${path} ${labelSelector}`);
      return { items: [pod('a'), pod('b')], resourceVersion: '7', cutOff: false };
    },
  });
  const request = { path: '/api/v1/pods', sharedSelector: 'app in (a,b)' };
  const seen = await observeAll(connection, {
    controllerPods: { ...request, labelSelector: 'app=a' },
    loadBalancerPods: { ...request, labelSelector: 'app=b' },
  });
  t.deepEqual(sent, ['/api/v1/pods app in (a,b)']);
  t.like(seen.controllerPods, { observed: true, items: [pod('a')], resourceVersion: '7' });
  t.like(seen.loadBalancerPods, { observed: true, items: [pod('b')] });
  const refused = await observeAll(refusing(403, 'Forbidden'), { controllerPods: request, loadBalancerPods: request });
  t.like(refused, { controllerPods: { reason: 'forbidden' }, loadBalancerPods: { reason: 'forbidden' } });
});

const rule = { verbs: ['create'], apiGroups: [''], resources: ['services'] };
const create = { verb: 'create', group: '', resource: 'services', namespace: 'a' };
const remove = { ...create, verb: 'delete' };

/** What is found out about two permissions, and which of them need a review of their own. */
async function reviewed(rules: object | Error) {
  const asked: string[] = [];
  const connection = serverWith({
    async create(path: string, review: { spec: { resourceAttributes: { verb: string } } }) {
      if (path.endsWith('/selfsubjectrulesreviews')) {
        if (rules instanceof Error) throw rules;
        return { kind: 'SelfSubjectRulesReview', status: rules };
      }
      asked.push(review.spec.resourceAttributes.verb);
      return { ...review, kind: 'SelfSubjectAccessReview', status: { allowed: true } };
    },
  });
  const seen = await reviewRules(connection, 'a', [create, remove]);
  const allowed = (seen.observed ? seen.items : []).map(({ status }) => status?.allowed);
  return { asked, allowed };
}

test('one review of rules says what a user may do; only what it leaves open is reviewed by itself', async (t) => {
  t.deepEqual(await reviewed({ resourceRules: [rule] }), { asked: [], allowed: [true, false] });
  t.deepEqual(await reviewed({ resourceRules: [rule], incomplete: true }), {
    asked: ['delete'],
    allowed: [true, true],
  });
  t.deepEqual(await reviewed({ resourceRules: [{ ...rule, resourceNames: ['x'] }] }), {
    asked: [],
    allowed: [false, false],
  });
  t.deepEqual(await reviewed({ resourceRules: [{ ...rule, verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] }), {
    asked: [],
    allowed: [true, true],
  });
  const both = { asked: ['create', 'delete'], allowed: [true, true] };
  t.deepEqual(await reviewed(refusal(403, 'Forbidden')), both);
  t.deepEqual(await reviewed({ resourceRules: 'all' }), both);
});
