import assert from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import { compareEndpoints } from '../../src/exposure/endpoint.ts';
import { indexSnapshot } from '../../src/exposure/snapshot-index.ts';
import { withIngressesJudged } from '../../src/modes/ingress/judged-rows.ts';
import { LiveEndpoints } from '../../src/modes/live-endpoints.ts';
import { type EndpointFilter, resolveEndpoints } from '../../src/modes/resolve-endpoints.ts';
import { furtherRequests } from '../../src/modes/what-to-collect.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { itemsOf, type Topic } from '../../src/snapshot/topics.ts';
import { lookAt } from '../helpers/look.ts';
import { ingressNginxService, skyLoadBalancer, skyNames, skyPod } from '../helpers/skypilot-objects.ts';
import { ChangingWorld, history } from './changing-world.ts';

interface Case {
  readonly filter?: EndpointFilter;
  readonly ingressService?: string;
  readonly context?: string;
  readonly unseen?: readonly Topic[];
}

const cases: Readonly<Record<string, Case>> = {
  'all rows': {},
  'Pod IPs, too': { filter: { ports: [80, 8888], modes: ['podip', 'ingress', 'loadbalancer'] } },
  'the rows of one SkyPilot cluster': { filter: { skyClusters: [{ namespace: 'a', nameOnCloud: 'c1' }] } },
  'a Service of the controller that the user named': { ingressService: 'a/web' },
  'no EndpointSlices, Ingresses and nodes': { unseen: ['endpointSlices', 'nodes', 'controllerPods'] },
  'no Pods': { unseen: ['pods'] },
  'no Ingresses and events': { unseen: ['ingresses', 'events', 'podEvents', 'ingressClasses'] },
};

for (const [name, { filter = {}, ingressService, unseen = [] }] of Object.entries(cases)) {
  test(`a change works out the same rows as the whole snapshot: ${name}`, (t) => {
    const resolve = (from: Snapshot) => {
      const view = indexSnapshot(from, { ingressService });
      return withIngressesJudged(view, resolveEndpoints(view, filter));
    };
    fc.assert(
      fc.property(history, ({ first, groups }) => {
        const world = new ChangingWorld(first, { namespace: null, unseen });
        const live = new LiveEndpoints(world.snapshot(), { resolve, ingressService });
        const asked = new Set(Object.keys(furtherRequests(world.snapshot())));
        let shown = resolve(world.snapshot());
        for (const group of groups) {
          live.apply(group.map((step) => world.change(step)).filter(({ topic }) => !unseen.includes(topic)));
          const part = live.changedPart((emptied) => world.snapshot(emptied));
          const needed = Object.keys(furtherRequests(world.snapshot()));
          const needless = Object.keys(furtherRequests(part)).filter((topic) => !needed.includes(topic));
          assert.deepEqual(needless, [], 'the part needs no list that the whole does not need');
          for (const topic of Object.keys(furtherRequests(part))) asked.add(topic);
          const { before, after } = live.renew(part);
          const whole = resolve(world.snapshot());
          assert.deepEqual(live.rows.toSorted(compareEndpoints), whole);
          const left = shown.filter((row) => !before.some((each) => compareEndpoints(each, row) === 0));
          assert.deepEqual([...left, ...after].sort(compareEndpoints), whole, 'the difference leads to the same rows');
          assert.deepEqual(
            needed.filter((topic) => !asked.has(topic)),
            [],
            'the part shows which lists are needed',
          );
          shown = whole;
        }
      }),
      { numRuns: 25 },
    );
    t.pass();
  });
}

test('a change looks only at the objects of its SkyPilot cluster', (t) => {
  const all = Array.from({ length: 40 }, (_, index) => skyNames('default', `train-${index}`));
  const objects = all.flatMap((names) => [skyPod(names), skyLoadBalancer(names, [8888], { ip: '203.0.113.5' })]);
  const world = lookAt([...objects, ingressNginxService({ namespace: 'default' })], { namespace: null });
  const resolved: number[] = [];
  const resolve = (from: Snapshot) => {
    resolved.push(itemsOf(from.topics.pods).length);
    return resolveEndpoints(indexSnapshot(from));
  };
  const live = new LiveEndpoints(world, { resolve, ingressService: undefined });
  const before = itemsOf(world.topics.pods)[7]!;
  const after = skyPod(all[7]!, { phase: 'Failed' });
  live.apply([{ topic: 'pods', before, after }]);
  const rows = live.renew(live.changedPart(() => world));
  t.deepEqual(resolved, [40, 1]);
  t.deepEqual(
    rows.after.map(({ skyCluster }) => skyCluster),
    ['train-7'],
  );
});
