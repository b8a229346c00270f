import test from 'ava';
import type { Event, Service } from 'kubernetes-types/core/v1';
import { allChecks } from '../../src/doctor/all-checks.ts';
import { rootCausesOf } from '../../src/doctor/diagnosis.ts';
import { judge } from '../../src/doctor/judge.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { itemsOf } from '../../src/snapshot/topics.ts';
import { lookAt, seen } from '../helpers/look.ts';
import { skyLoadBalancer, skyNames, skyPod } from '../helpers/skypilot-objects.ts';
import { platformClusters } from './clusters.ts';
import { served, servedBy } from './served.ts';
import { wordsOfLoadBalancer } from './words.ts';

const names = skyNames('default', 'train');
const pod = skyPod(names);
const subject = { skyCluster: undefined, ports: undefined, mode: undefined };

/** A SkyPilot cluster and its load balancer on a platform, three hours later; everything else is seen and empty. */
function on(platform: Snapshot, service: Service, events: readonly Event[] = []): Snapshot {
  const old = '2026-11-27T00:00:00Z';
  const aged = { ...service, metadata: { ...service.metadata, creationTimestamp: old } };
  const { topics } = lookAt([pod, aged], { namespace: null });
  const none = seen([]);
  return {
    ...platform,
    takenAt: '2026-11-27T03:00:00Z',
    topics: {
      ...platform.topics,
      ...{ pods: topics.pods, endpointSlices: topics.endpointSlices, ingresses: none, ingressClasses: none },
      ...{ controllerPods: none, controllerSlices: none, networkPolicies: none, deployments: none, skyConfig: none },
      webhooks: platform.topics.webhooks.observed ? platform.topics.webhooks : none,
      services: seen([...itemsOf(platform.topics.services).filter(({ spec }) => spec?.selector), aged]),
      events: seen(events),
    },
  };
}

const diagnosed = (snapshot: Snapshot) => judge(allChecks, snapshot, subject, { only: undefined, skip: ['network'] });

for (const [name, { snapshot, loadBalancers }] of Object.entries(platformClusters)) {
  test(`${name}: healthy with an address, nothing above info, whichever gives it`, (t) => {
    const waiting = skyLoadBalancer(names, [8888]);
    const plain = skyLoadBalancer(names, [8888], { ip: '203.0.113.80' });
    for (const service of [plain, ...loadBalancers.map((id) => servedBy(id, waiting))]) {
      const verdicts = diagnosed(on(snapshot, service));
      const loud = verdicts.flatMap(({ check, findings }) =>
        findings.filter(({ severity }) => severity !== 'info').map(({ message }) => `${check.id}: ${message}`),
      );
      t.deepEqual(loud, []);
    }
  });

  const words = loadBalancers.flatMap(wordsOfLoadBalancer);
  if (words.length === 0) continue;
  test(`${name}: each word about a load balancer that waits is read`, (t) => {
    const service = skyLoadBalancer(names, [8888]);
    for (const { reason, message, cause, condition, status: is } of words) {
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
        : on(snapshot, service, [event]);
      const verdicts = diagnosed(snapshotThen);
      t.is(rootCausesOf(verdicts)[0], 'load-balancer-address', `${reason}: ${message}`);
      const [finding] = verdicts.find(({ check }) => check.id === 'load-balancer-address')!.findings;
      t.regex(finding?.message ?? '', cause, `${reason}: ${message}`);
    }
  });
}

test('every load balancer that can be told has a Service as it makes it, and the source of that', (t) => {
  const told = new Set(Object.values(platformClusters).flatMap(({ loadBalancers }) => loadBalancers));
  for (const id of told) t.regex(served[id]?.source ?? '', /^https:\/\//, id);
});
