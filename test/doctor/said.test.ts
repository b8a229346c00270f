import test from 'ava';
import type { Event, Service } from 'kubernetes-types/core/v1';
import { saidOfDependants } from '../../src/doctor/subjects/dependants.ts';
import { handlerOf } from '../../src/doctor/subjects/handler.ts';
import { isSettledLater, saidAbout, saidOfPods } from '../../src/doctor/subjects/said.ts';
import { indexSnapshot } from '../../src/exposure/snapshot-index.ts';
import { failureConditionsOf } from '../../src/platforms/event-explanations.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { lookAt, seen } from '../helpers/look.ts';

const takenAt = '2026-11-24T12:00:00Z';
const condition = (type: string, status: string) => ({
  ...{ type, status, reason: 'R', message: 'm', lastTransitionTime: '2026-11-24T11:00:00Z' },
});
const event = (about: Partial<Event['involvedObject']>, more: Partial<Event> = {}): Event => ({
  metadata: { name: 'e', namespace: about.namespace ?? 'default' },
  ...{ type: 'Warning', reason: 'Failed', message: 'no', lastTimestamp: '2026-11-24T11:50:00Z' },
  involvedObject: { kind: 'Service', namespace: 'default', name: 'web', ...about },
  ...more,
});
const service = (more: Partial<Service['metadata']> = {}): Service => ({
  metadata: { name: 'web', namespace: 'default', uid: '1a2b3c4d-0000', ...more },
  spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
});
const withTopics = (topics: object): Snapshot => {
  const snapshot = lookAt([]);
  return { ...snapshot, takenAt, topics: { ...snapshot.topics, ...topics } };
};
const heard = (topics: object) => ({ topics: withTopics(topics).topics, takenAt });

test('a condition reports a fault by its own polarity, whether its product is known or not', (t) => {
  const types = (...conditions: ReturnType<typeof condition>[]) =>
    failureConditionsOf(conditions).map(({ type }) => type);
  t.deepEqual(types(condition('example.com/Ready', 'False'), condition('example.com/Ready', 'True')), [
    'example.com/Ready',
  ]);
  t.deepEqual(types(condition('LoadBalancerPortsError', 'False')), [], 'GKE sets it to False when all is well');
  t.deepEqual(types(condition('example.com/PoolConflict', 'True'), condition('example.com/PoolConflict', 'False')), [
    'example.com/PoolConflict',
  ]);
  t.deepEqual(types(condition('example.com/Synced', 'False'), condition('TailscaleProxyReady', 'False')), [
    'TailscaleProxyReady',
    'example.com/Synced',
  ]);
});

test('a condition that is False when nothing is wrong reports no fault, unless its reason does', (t) => {
  const isFault = (type: string, status: string, reason = 'AsExpected') =>
    failureConditionsOf([{ ...condition(type, status), reason }]).length === 1;
  for (const type of [
    ...['Progressing', 'example.com/Progressing', 'Reconciling', 'Stalled', 'Degraded', 'Issuing', 'ScalingLimited'],
    ...['Paused', 'Suspended', 'Upgradeable', 'Conflicted', 'PartiallyInvalid', 'OverlappingTLSConfig', 'NotReady'],
    ...['AttachedListenerSets', 'Drifted', 'Preempted', 'DisruptionTarget', 'MemoryPressure', 'NetworkUnavailable'],
  ])
    t.false(isFault(type, 'False'), type);
  t.true(isFault('Progressing', 'False', 'ProgressDeadlineExceeded'), 'a Deployment that cannot go on');
  for (const type of ['Ready', 'Available', 'Programmed', 'Accepted', 'ResolvedRefs', 'Serving', 'example.com/Synced'])
    t.true(isFault(type, 'False'), type);
  for (const type of ['Stalled', 'Degraded', 'PartiallyInvalid', 'OverlappingTLSConfig', 'NotReady'])
    t.true(isFault(type, 'True'), type);
  for (const type of ['Progressing', 'Ready', 'Notified']) t.false(isFault(type, 'True'), type);
});

test('every text is said once, the newest first, with who said it', (t) => {
  const fieldsV1 = { 'f:status': { 'f:conditions': { 'k:{"type":"example.com/Ready"}': { '.': {} } } } };
  const object = {
    ...service({ managedFields: [{ manager: 'example-operator', operation: 'Update', fieldsV1 }] }),
    status: { conditions: [condition('example.com/Ready', 'False')] },
  };
  const events = seen([
    event({}, { message: 'old', lastTimestamp: '2026-11-24T11:10:00Z' }),
    event({}, { message: 'no', source: { component: 'service-controller' } }),
    event({}, { message: 'no', lastTimestamp: '2026-11-24T11:20:00Z' }),
    event({}, { message: 'fine', type: 'Normal' }),
    event({ name: 'other' }),
  ]);
  t.deepEqual(
    saidAbout('Service', object, heard({ events })).map(({ words }) => words),
    [
      'condition example.com/Ready is False (from example-operator): R; m',
      'warning event Failed from service-controller (last 10m ago): no',
      'warning event Failed (last 50m ago): old',
    ],
  );
});

test('success after a warning settles it', (t) => {
  const [said] = saidAbout('Service', service(), heard({ events: seen([event({})]) }));
  const after = (lastTimestamp: string) => heard({ events: seen([event({}, { type: 'Normal', lastTimestamp })]) });
  t.true(isSettledLater(said!, after('2026-11-24T11:55:00Z')));
  t.false(isSettledLater(said!, after('2026-11-24T11:45:00Z')));
});

const dependants = (topics: object, of: Service = service()) => {
  const view = indexSnapshot(withTopics(topics));
  return saidOfDependants(of, view, heard(topics)).map(({ object: { kind, name } }) => `${kind} ${name}`);
};

test('words on the DaemonSet of ServiceLB are those of its Service: by the uid in its name', (t) => {
  const named = (name: string) => seen([event({ kind: 'DaemonSet', namespace: 'kube-system', name })]);
  t.deepEqual(dependants({ handlerEvents: named('svclb-web-1a2b3c4d') }), ['DaemonSet svclb-web-1a2b3c4d']);
  t.deepEqual(dependants({ handlerEvents: named('svclb-web-ffffffff') }), [], 'of a Service of the same name');
  t.deepEqual(dependants({ handlerEvents: named('svclb-other-1a2b3c4d') }), []);
});

test('words on a target group are those of the Service in its labels, or else in its name', (t) => {
  const events = seen([event({ kind: 'TargetGroupBinding', name: 'k8s-default-web-0123456789' })]);
  const binding = (name: string) =>
    seen([
      {
        metadata: {
          name: 'k8s-default-web-0123456789',
          namespace: 'default',
          labels: { 'service.k8s.aws/stack-name': name, 'service.k8s.aws/stack-namespace': 'default' },
        },
      },
    ]);
  t.deepEqual(dependants({ events, targetGroupBindings: binding('web') }), [
    'TargetGroupBinding k8s-default-web-0123456789',
  ]);
  t.deepEqual(dependants({ events, targetGroupBindings: binding('web-2') }), []);
  t.deepEqual(dependants({ events }), ['TargetGroupBinding k8s-default-web-0123456789']);
  t.deepEqual(dependants({ events }, service({ name: 'train' })), []);
});

test('bindings that were listed in another namespace are told by their names', (t) => {
  const events = seen([event({ kind: 'TargetGroupBinding', namespace: 'edge', name: 'k8s-edge-nginx-0123456789' })]);
  const nginx = service({ namespace: 'edge', name: 'nginx' });
  const snapshot = { ...withTopics({ events, targetGroupBindings: seen([]) }), namespace: 'default' };
  const said = saidOfDependants(nginx, indexSnapshot(snapshot), { topics: snapshot.topics, takenAt });
  t.deepEqual(
    said.map(({ object: { name } }) => name),
    ['k8s-edge-nginx-0123456789'],
  );
});

test('words on owners and on Endpoints are those of the Service', (t) => {
  const events = seen([
    event({ kind: 'Gateway', name: 'edge' }),
    event({ kind: 'Endpoints', name: 'web' }),
    event({ kind: 'Gateway', name: 'other' }),
  ]);
  const owned = service({ ownerReferences: [{ apiVersion: 'v1', kind: 'Gateway', name: 'edge', uid: 'x' }] });
  t.deepEqual(dependants({ events }, owned), ['Gateway edge', 'Endpoints web']);
});

test('words on a Pod are those of this Pod, and not of an earlier one of its name', (t) => {
  const about = { kind: 'Pod', name: 'train-head' };
  const events = seen([event({ ...about, uid: 'old' }, { message: 'of the old' }), event({ ...about, uid: 'new' })]);
  const view = indexSnapshot(withTopics({ events }));
  const pod = { metadata: { name: 'train-head', namespace: 'default', uid: 'new' } };
  t.deepEqual(
    saidOfPods([pod], { view, takenAt }).map(({ message }) => message),
    ['no'],
  );
});

test('a condition of a Pod that Kubernetes does not write is said, one that it writes is judged by checks', (t) => {
  const conditions = [condition('Ready', 'False'), condition('example.com/registered', 'False')];
  const pod = { metadata: { name: 'train-head', namespace: 'default' }, status: { conditions } };
  const view = indexSnapshot(withTopics({ events: seen([]) }));
  t.deepEqual(
    saidOfPods([pod], { view, takenAt }).map(({ words }) => words),
    ['condition example.com/registered is False: R; m'],
  );
});

test('who handles a silent Service: its finalizer, or its class', (t) => {
  const factOf = (more: object, spec: object = {}) => {
    const plain = service(more);
    return handlerOf({ ...plain, spec: { ...plain.spec, ...spec } }, { snapshot: withTopics({}) })?.fact;
  };
  t.is(factOf({}), undefined);
  t.is(
    factOf({ finalizers: ['purelb.io/lbnodeagent'] }),
    'its finalizer purelb.io/lbnodeagent shows that PureLB handles it',
  );
  t.is(
    factOf({ finalizers: ['example.com/balancer'] }),
    'its finalizer example.com/balancer shows that example.com handles it',
  );
  t.is(
    factOf({ annotations: { 'lb.kubesphere.io/v1alpha1': 'openelb' } }),
    'its annotation lb.kubesphere.io/v1alpha1 asks for OpenELB',
  );
  t.regex(
    factOf({ finalizers: ['service.kubernetes.io/load-balancer-cleanup'] }) ?? '',
    /a cloud's service controller/,
  );
  t.regex(factOf({}, { loadBalancerClass: 'loxilb.io/loxilb' }) ?? '', /is one that this plugin does not know/);
  t.is(factOf({}, { loadBalancerClass: 'tailscale' }), undefined, 'its class is known');
});

test('the controller of a class is found by its word, not by a registry and not among SkyPilot’s Pods', (t) => {
  const pod = (name: string, image: string, labels: Record<string, string> = {}) => ({
    metadata: { name, namespace: 'kube-system', labels },
    spec: { containers: [{ name: 'c', image }] },
  });
  const commandOf = (...pods: ReturnType<typeof pod>[]) => {
    const plain = service();
    const waiting = { ...plain, spec: { ...plain.spec, loadBalancerClass: 'loxilb.io/loxilb' } };
    return handlerOf(waiting, { snapshot: withTopics({ pods: seen(pods) }) })!.cures[0]!.command;
  };
  const every = 'kubectl get pods -A -o wide';
  t.is<string | null, string>(commandOf(), every);
  t.is<string | null, string>(commandOf(pod('a', 'loxilb.example.com/other:1')), every);
  t.is<string | null, string>(commandOf(pod('a', 'ghcr.io/x/kube-loxilb:1', { 'skypilot-cluster-name': 'x' })), every);
  t.is<string | null, string>(
    commandOf(pod('a', 'ghcr.io/x/kube-loxilb:1')),
    'kubectl logs a -n kube-system --tail=50',
  );
});
