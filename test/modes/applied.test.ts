import test from 'ava';
import { holdsPorts, withApplied } from '../../src/modes/applied.ts';
import type { Manifest, PlannedWrite } from '../../src/snapshot/plan.ts';
import { lookAt } from '../helpers/look.ts';
import { exposed, planAt, train } from '../helpers/requests.ts';
import { ingressClass, ingressNginxService, skyLoadBalancer, skyPod } from '../helpers/skypilot-objects.ts';

const base = [skyPod(train), ingressClass(), ingressNginxService({ ip: '203.0.113.9' })];
const planned = planAt(base, { mode: 'ingress', ports: '80 81' }).writes;
const answers = (ports: string) =>
  planned.map((write) => ({ planned: write, object: find(exposed(base, { mode: 'ingress', ports }), write) ?? {} }));

function find(objects: readonly Manifest[], { manifest }: PlannedWrite): Manifest | undefined {
  return objects.find(({ kind, metadata }) => kind === manifest.kind && metadata?.name === manifest.metadata?.name);
}

test('the answers hold all ports that were planned', (t) => {
  t.true(holdsPorts(answers('80 81')));
  t.true(holdsPorts(answers('80-82')));
  t.true(holdsPorts([]));
});

test('an answer that lost a port to somebody else does not', (t) => {
  t.false(holdsPorts(answers('80')));
  const [service, , ingress] = answers('80 81');
  t.true(holdsPorts([service!, ingress!]));
  t.false(holdsPorts([{ ...service!, object: { ...service!.object, spec: { ports: [{ port: 9 }] } } as Manifest }]));
  t.false(holdsPorts([{ ...ingress!, object: {} }]));
});

test('what was written is seen without another look', (t) => {
  const before = lookAt([...base, skyLoadBalancer(train, [80])]);
  const changed = { ...skyLoadBalancer(train, [80, 81]), metadata: skyLoadBalancer(train, [80]).metadata! };
  const made = { metadata: { namespace: 'default', name: 'new' } };
  const { topics } = withApplied(before, [
    { kind: 'Service', object: changed },
    { kind: 'Ingress', object: made },
  ]);
  t.deepEqual(topics.services.observed && topics.services.items, [changed]);
  t.deepEqual(topics.ingresses.observed && topics.ingresses.items, [made]);
  t.is(topics.pods, before.topics.pods);
});

test('what was removed is not seen, unless it was written again', (t) => {
  const made = { metadata: { namespace: 'default', name: 'new' } };
  const before = withApplied(lookAt([...base, skyLoadBalancer(train, [80])]), [{ kind: 'Ingress', object: made }]);
  const gone = [
    { kind: 'Service', namespace: 'default', name: `${train.nameOnCloud}--skypilot-lb` },
    { kind: 'Ingress', namespace: 'default', name: 'new' },
  ];
  const { services, ingresses } = withApplied(before, [], gone).topics;
  t.deepEqual([services.observed && services.items, ingresses.observed && ingresses.items], [[], []]);
  const again = withApplied(before, [{ kind: 'Ingress', object: made }], gone).topics.ingresses;
  t.deepEqual(again.observed && again.items, [made]);
});

test('what may not be seen stays unseen', (t) => {
  const before = lookAt(base, { unseen: ['ingresses'] });
  t.false(withApplied(before, [{ kind: 'Ingress', object: {} }]).topics.ingresses.observed);
});
