import test from 'ava';
import type { Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { redirectAnnotation } from '../../../src/exposure/ownership.ts';
import {
  areSafe,
  backendsExist,
  hasBackendWithoutPath,
  leadsToRemoved,
  removalsOfBackends,
  withPathOfOthers,
  wrotePaths,
} from '../../../src/modes/ingress/dangling-paths.ts';
import { removalOf } from '../../../src/snapshot/plan.ts';
import { exposed, planAt, train } from '../../helpers/requests.ts';
import { ingressClass, ingressNginxService, skyPod } from '../../helpers/skypilot-objects.ts';

const base = [skyPod(train), ingressClass(), ingressNginxService({ ip: '203.0.113.9' })];
const wanted = { mode: 'ingress', ports: '80 81' } as const;
const written = planAt(base, wanted).writes;
const [first, second] = written.map(({ manifest }) => manifest as Service);
const services = [first!, second!].map((service) => withUid(service, 'old'));
const ingress = ownedBy(exposed(base, wanted).findLast(({ kind }) => kind === 'Ingress') as Ingress, services);
const writes = [{ planned: written.at(-1)!, object: ingress }];
const removals = [...services, ingress].map((each) => removalOf(each.kind!, each));

function withUid(object: Service, uid: string): Service {
  return { ...object, metadata: { ...object.metadata, uid: `${object.metadata?.name}-${uid}` } };
}

function ownedBy(object: Ingress, owners: readonly Service[]): Ingress {
  const ownerReferences = owners.map(({ metadata }) => {
    return { apiVersion: 'v1', kind: 'Service', name: metadata?.name ?? '', uid: metadata?.uid ?? '' };
  });
  return { ...object, metadata: { ...object.metadata, ownerReferences } };
}

test('paths are written with an Ingress, and not with a load balancer', (t) => {
  t.true(wrotePaths(writes));
  const balancer = planAt(base, { mode: 'loadbalancer', ports: '80' }).writes;
  t.false(wrotePaths(balancer.map((planned) => ({ planned, object: planned.manifest }))));
});

test('each written path leads to the Service that it was planned for', (t) => {
  t.true(backendsExist(writes, services));
  t.false(backendsExist(writes, [services[0]!]), 'a Service is gone');
  t.false(backendsExist(writes, [services[0]!, withUid(second!, 'new')]), 'a Service was made again');
});

test('a path is safe from unexpose if the versions in the writes rule it out', (t) => {
  const servicesWritten = services.map((object, index) => ({ planned: written[index]!, object }));
  const before = { services, ingresses: [], removals: [] };
  t.true(areSafe([...servicesWritten, ...writes], { ...before, services: [] }), 'the Services are new');
  t.false(areSafe([...servicesWritten, ...writes], before), 'the Services were there, without paths');
  t.false(areSafe(writes, before), 'also if they were not changed');
  t.true(areSafe(writes, { ...before, ingresses: [ingress] }), 'the same Ingress had the paths');

  const other = { ...ingress, metadata: { ...ingress.metadata, name: 'other', uid: 'other' } };
  const moved = { ...before, ingresses: [other] };
  t.false(areSafe(writes, moved), 'another Ingress has the paths');
  t.false(areSafe([...servicesWritten, ...writes], moved), 'also if the Services were changed');
  const removal = removalOf('Ingress', other);
  t.false(areSafe(writes, { ...moved, removals: [removal] }), 'it is removed only afterwards');
  t.true(areSafe(writes, { ...moved, removals: [{ ...removal, yields: true }] }), 'it was removed first');
  const yielding = { planned: { ...written.at(-1)!, ownedBy: [], yields: true as const }, object: other };
  t.true(areSafe([yielding, ...writes], moved), 'it was changed first');

  const annotations = { ...other.metadata.annotations, [redirectAnnotation]: 'true' };
  const redirect = { ...other, metadata: { ...other.metadata, annotations } };
  t.true(
    areSafe([...servicesWritten, ...writes], { ...before, services: [], ingresses: [redirect] }),
    'a redirect is no path',
  );
});

test('of the created objects, Services with a path in an Ingress of another call are found', (t) => {
  const own = { ...ingress, metadata: { ...ingress.metadata, uid: 'own' } };
  const created = [
    ...services.map((object, index) => ({ planned: written[index]!, object })),
    { planned: written.at(-1)!, object: own },
  ];
  const other = { ...ingress, metadata: { ...ingress.metadata, name: 'other', uid: 'other' } };
  t.deepEqual(withPathOfOthers(created, [own]), []);
  t.deepEqual(withPathOfOthers(created, [own, other]), created.slice(0, 2));
  const theirs = { ...other, metadata: { ...other.metadata, labels: {} } };
  t.deepEqual(withPathOfOthers(created, [own, theirs]), [], 'not ours');
});

test('a Service without a path is found', (t) => {
  const backends = removalsOfBackends(removals);
  t.false(hasBackendWithoutPath(backends, [ingress]));
  t.true(hasBackendWithoutPath(backends, []));
  t.true(hasBackendWithoutPath(backends, [{ ...ingress, metadata: { ...ingress.metadata, labels: {} } }]), 'not ours');
  t.false(hasBackendWithoutPath([], []));
});

test('a path that leads to a removed Service is found', (t) => {
  const backends = removalsOfBackends(removals);
  t.is(backends.length, 2);
  t.true(leadsToRemoved([ingress], backends));
  t.false(leadsToRemoved([], backends));
  t.false(leadsToRemoved([{ ...ingress, metadata: { ...ingress.metadata, labels: {} } }], backends), 'not ours');
  const again = services.map((service, index) => withUid([first!, second!][index] ?? service, 'new'));
  t.false(leadsToRemoved([ownedBy(ingress, again)], backends), 'it leads to a Service that was made again');
  t.true(leadsToRemoved([ownedBy(ingress, [])], backends), 'the garbage collector took the owners out');
});
