import test from 'ava';
import type { Event, Service } from 'kubernetes-types/core/v1';
import { allChecks } from '../../src/doctor/all-checks.ts';
import type { Subject } from '../../src/doctor/check-context.ts';
import { judge, rootCausesOf } from '../../src/doctor/judge.ts';
import { nothingGivesAddresses } from '../../src/platforms/missing-implementation.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { itemsOf } from '../../src/snapshot/topics.ts';
import { lookAt, seen } from '../helpers/look.ts';
import { skyLoadBalancer, skyNames, skyPod } from '../helpers/skypilot-objects.ts';
import { platformClusters } from './clusters.ts';
import { servedAs, servedBy } from './served.ts';
import { wordsOfLoadBalancer } from './words.ts';

const names = skyNames('default', 'train');
const pod = skyPod(names);
const anything: Subject = { skyCluster: undefined, ports: undefined, mode: undefined };

/**
 * A SkyPilot cluster on a platform, and its load balancer, that was made at midnight; everything else is seen and empty.
 *
 * @param takenAt three hours later unless said
 */
function on(
  platform: Snapshot,
  service: Service | undefined,
  { events = [], takenAt = '2026-11-27T03:00:00Z' }: { events?: readonly Event[]; takenAt?: string } = {},
): Snapshot {
  const creationTimestamp = '2026-11-27T00:00:00Z';
  const aged = service ? [{ ...service, metadata: { ...service.metadata, creationTimestamp } }] : [];
  const { topics } = lookAt([pod, ...aged], { namespace: null });
  const none = seen([]);
  return {
    ...platform,
    takenAt,
    topics: {
      ...platform.topics,
      ...{ pods: topics.pods, endpointSlices: topics.endpointSlices, ingresses: none, ingressClasses: none },
      ...{ controllerPods: none, controllerSlices: none, networkPolicies: none, deployments: none, skyConfig: none },
      webhooks: platform.topics.webhooks.observed ? platform.topics.webhooks : none,
      services: seen([...itemsOf(platform.topics.services), ...aged]),
      events: seen(events),
    },
  };
}

const diagnosed = (snapshot: Snapshot, subject = anything) =>
  judge(allChecks, snapshot, subject, { only: undefined, skip: ['network'] });
const loudIn = (verdicts: ReturnType<typeof diagnosed>) =>
  verdicts.flatMap(({ check, findings }) =>
    findings
      .filter(({ severity }) => severity !== 'info')
      .map(({ message, severity }) => ({ check: check.id, severity, message })),
  );

/** Too little was seen to say that there is nothing. */
const isDark: ReadonlySet<string> = new Set(['kind by its context alone']);

/** What is there is seen not to serve it: nobody has to wait. */
const refusing: ReadonlySet<string> = new Set(['Cilium, told by its pool']);

for (const [name, { snapshot, loadBalancers }] of Object.entries(platformClusters)) {
  test(`${name}: healthy with an address, nothing above info, whichever gives it`, (t) => {
    const waiting = skyLoadBalancer(names, [8888]);
    const plain = skyLoadBalancer(names, [8888], { ip: '203.0.113.80' });
    for (const service of [plain, ...loadBalancers.map((id) => servedBy(id, waiting))]) {
      t.deepEqual(loudIn(diagnosed(on(snapshot, service))), []);
    }
  });

  test(`${name}: a load balancer that was just made is in progress, and nothing else`, (t) => {
    const fresh = on(snapshot, skyLoadBalancer(names, [8888]), { takenAt: '2026-11-27T00:01:00Z' });
    const loud = loudIn(diagnosed(fresh));
    const isWanting = nothingGivesAddresses(snapshot)?.isOfPlatform ?? false;
    const check = isWanting ? 'load-balancer-implementation' : 'load-balancer-address';
    t.deepEqual(
      loud.map((each) => `${each.check}: ${each.severity}`),
      [`${check}: ${refusing.has(name) ? 'error' : 'warning'}`],
    );
    const says = isWanting ? /gives? (?:Services )?addresses/ : /in progress/;
    t.regex(loud[0]!.message, refusing.has(name) ? /takes only Services with/ : says);
  });

  test(`${name}: asked about before there is one, it is a warning where nothing gives addresses`, (t) => {
    const asked = diagnosed(on(snapshot, undefined), { ...anything, mode: 'loadbalancer' });
    const isWanting = loadBalancers.every((id) => id === 'minikube-tunnel') && !isDark.has(name);
    t.deepEqual(
      loudIn(asked).map(({ check, severity }) => `${check}: ${severity}`),
      isWanting ? ['load-balancer-implementation: warning'] : [],
    );
  });

  const words = loadBalancers.flatMap((id) => wordsOfLoadBalancer(id).map((each) => ({ ...each, id })));
  if (words.length === 0) continue;
  test(`${name}: each word about a load balancer that waits is read`, (t) => {
    const plain = skyLoadBalancer(names, [8888]);
    for (const { id, reason, message, cause, condition, status: is, annotations } of words) {
      const classed = id === 'tailscale' ? { ...plain, spec: { ...plain.spec, loadBalancerClass: id } } : plain;
      const service = { ...classed, metadata: { ...classed.metadata, ...(annotations && { annotations }) } };
      const status = {
        conditions: [{ type: condition ?? '', status: is ?? 'False', reason, message, lastTransitionTime: '' }],
      };
      const event: Event = {
        metadata: { name: 'e', namespace: 'default' },
        type: 'Warning',
        ...{
          reason,
          message,
          involvedObject: { kind: 'Service', namespace: 'default', name: service.metadata!.name! },
        },
      };
      const snapshotThen = condition
        ? on(snapshot, { ...service, status: { ...service.status, ...status } })
        : on(snapshot, service, { events: [event] });
      const verdicts = diagnosed(snapshotThen);
      t.is(rootCausesOf(verdicts)[0], 'load-balancer-address', `${reason}: ${message}`);
      const [finding] = verdicts.find(({ check }) => check.id === 'load-balancer-address')!.findings;
      t.regex(finding?.message ?? '', cause, `${reason}: ${message}`);
    }
  });
}

test('asked about a mode, what somebody says of a load balancer that waits is not hidden', (t) => {
  const { snapshot } = platformClusters.kind!;
  const service = skyLoadBalancer(names, [8888]);
  const event: Event = {
    metadata: { name: 'e', namespace: 'default' },
    ...{ type: 'Warning', reason: 'SyncLoadBalancerFailed', message: 'quota exceeded' },
    involvedObject: { kind: 'Service', namespace: 'default', name: service.metadata!.name! },
  };
  const asked = diagnosed(on(snapshot, service, { events: [event] }), { ...anything, mode: 'loadbalancer' });
  t.deepEqual(rootCausesOf(asked), ['load-balancer-address']);
});

test('every load balancer that can be told has a Service as it makes it, and the source of that', (t) => {
  const told = new Set(Object.values(platformClusters).flatMap(({ loadBalancers }) => loadBalancers));
  for (const id of told) t.regex(servedAs(id)?.source ?? '', /^https:\/\//, id);
});
