import test from 'ava';
import { inNamespace } from '../../src/exposure/one-namespace.ts';
import { snapshotOf } from '../../src/snapshot/snapshot.ts';
import { itemsOf } from '../../src/snapshot/topics.ts';
import { forbidden, lookAt, seen } from '../helpers/look.ts';
import { ingressNginxService, skyLoadBalancer, skyNames, skyPod } from '../helpers/skypilot-objects.ts';

const [train, serve] = [skyNames('default', 'train'), skyNames('ml', 'serve')];
const objects = [
  ...[skyPod(train), skyPod(serve), skyLoadBalancer(train, [8888]), skyLoadBalancer(serve, [8000])],
  ingressNginxService(),
];

test('it is what a look at that namespace would have seen', (t) => {
  const narrowed = inNamespace(lookAt(objects, { namespace: null }), 'ml');
  const looked = lookAt(objects, { namespace: 'ml' });
  t.is(narrowed.namespace, 'ml');
  for (const topic of ['pods', 'services', 'ingresses', 'controllerServices', 'ingressNginxServices'] as const) {
    t.deepEqual(narrowed.topics[topic], looked.topics[topic], topic);
  }
  t.is(itemsOf(narrowed.topics.controllerServices).length, 1);
});

test('what is allowed everywhere is allowed there; what is not says nothing of it', (t) => {
  const review = (resource: string, allowed: boolean, namespace?: string) => ({
    spec: { resourceAttributes: { verb: 'create', resource, ...(namespace && { namespace }) } },
    status: { allowed },
  });
  const about = { context: 'prod', namespace: null, takenAt: '2026-11-24T12:00:00.000Z' };
  const accessReviews = seen([
    review('services', true),
    review('ingresses', false),
    review('ingressclasses', false),
    review('services', false, 'ingress-nginx'),
  ]);
  const narrowed = inNamespace(snapshotOf(about, { accessReviews }), 'ml');
  t.deepEqual(itemsOf(narrowed.topics.accessReviews), [
    review('services', true, 'ml'),
    review('ingressclasses', false),
    review('services', false, 'ingress-nginx'),
  ]);
  const unseen = inNamespace(snapshotOf(about, { accessReviews: forbidden('x'), pods: forbidden('pods') }), 'ml');
  t.false(unseen.topics.accessReviews.observed);
  t.false(unseen.topics.pods.observed);
});
