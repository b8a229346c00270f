import test from 'ava';
import { ApiError } from '../../src/kubernetes/api/api-error.ts';
import { cluster, type Json, newNamespace } from '../helpers/cluster.ts';
import { configMap, connection } from './api-server-objects.ts';

const fieldManager = 'kubectl-skyports';

test('apply creates, changes only what is ours, names a conflict, and a dry run does nothing', async (t) => {
  const namespace = await newNamespace();
  const { api } = await connection(t, { kubeconfig: cluster().adminKubeconfig });
  const path = `/api/v1/namespaces/${namespace}/configmaps/c`;
  const apply = (data: object, more: object = {}) =>
    api.apply<Json>(path, configMap(namespace, 'c', data), { fieldManager, ...more });
  t.is((await apply({ a: '1' }, { dryRun: true })).data.a, '1');
  t.like(await t.throwsAsync(api.get(path)), {
    status: 404,
    reason: 'NotFound',
    message: 'Error from server (NotFound): configmaps "c" not found',
  });
  const made = await apply({ a: '1' });
  t.is(
    (await apply({ a: '1' })).metadata.resourceVersion,
    made.metadata.resourceVersion,
    'the same again changes nothing',
  );
  await api.mergePatch(path, { data: { b: '2' } }, { fieldManager: 'another' });
  const conflict = (await t.throwsAsync(apply({ a: '1', b: '3' }), { instanceOf: ApiError })) as ApiError;
  t.like(conflict, { status: 409, reason: 'Conflict', causes: [{ reason: 'FieldManagerConflict', field: '.data.b' }] });
  t.regex(conflict.causes[0]!.message!, /"another"/);
  t.deepEqual((await apply({ a: '1', b: '3' }, { force: true })).data, { a: '1', b: '3' });
  const unknown = await t.throwsAsync(
    api.apply(path, { ...configMap(namespace, 'c', {}), specs: 1 }, { fieldManager }),
    { instanceOf: ApiError },
  );
  t.regex(unknown?.message ?? '', /\.specs: field not declared in schema|unknown field "specs"/);
});

test('remove: dry, with a precondition that fails, for good, and again', async (t) => {
  const namespace = await newNamespace();
  const { api } = await connection(t, { kubeconfig: cluster().adminKubeconfig });
  const path = `/api/v1/namespaces/${namespace}/configmaps/c`;
  const made = await api.create<Json>(`/api/v1/namespaces/${namespace}/configmaps`, configMap(namespace, 'c', {}));
  await api.remove(path, { dryRun: true });
  t.like(await t.throwsAsync(api.remove(path, { uid: 'other' })), { status: 409 });
  t.like(await t.throwsAsync(api.remove(path, { resourceVersion: '1' })), { status: 409 });
  await api.remove(path, {
    uid: made.metadata.uid,
    resourceVersion: made.metadata.resourceVersion,
    propagationPolicy: 'Background',
  });
  t.like(await t.throwsAsync(api.remove(path)), { status: 404 });
});
