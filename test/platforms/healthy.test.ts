import test from 'ava';
import type { Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { withCallers } from '../../src/doctor/subjects/callers.ts';
import { probeTargetsOf } from '../../src/doctor/subjects/probe-targets.ts';
import { externalAddressesOf } from '../../src/exposure/external-addresses.ts';
import { indexSnapshot } from '../../src/exposure/snapshot-index.ts';
import { resolveEndpoints } from '../../src/modes/resolve-endpoints.ts';
import { dumpOf } from '../../src/snapshot/dump.ts';
import type { AddressProbe, NameAnswer } from '../../src/snapshot/probe.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { itemsOf } from '../../src/snapshot/topics.ts';
import { type KubernetesObject, lookAt, seen } from '../helpers/look.ts';
import { allScenarios, diagnose } from '../helpers/scenario.ts';
import {
  ingressClass,
  ingressNginxPod,
  ingressNginxService,
  skyIngress,
  skyLoadBalancer,
  skyNames,
  skyPod,
  skyPortService,
} from '../helpers/skypilot-objects.ts';
import { platformClusters } from './clusters.ts';
import { servedBy } from './served.ts';

// What is healthy, and answers, ends in OK: on each platform, whatever gives the addresses, in both of SkyPilot's modes.

const names = skyNames('default', 'train');
const head = skyPod(names);

/** The objects on a platform, everything else seen and empty, with calls that the app answers. */
function on(platform: Snapshot, objects: readonly KubernetesObject[]): Snapshot {
  const { topics } = lookAt(objects.map(aged), { namespace: null });
  const none = seen([]);
  const snapshot: Snapshot = {
    ...platform,
    takenAt: '2026-11-27T03:00:00Z',
    topics: {
      ...platform.topics,
      ...{ pods: topics.pods, endpointSlices: topics.endpointSlices, ingresses: topics.ingresses },
      ...{ ingressClasses: topics.ingressClasses, networkPolicies: none, deployments: none, skyConfig: none },
      ...{ events: none, accessReviews: none, controllerConfigMaps: none },
      controllerPods: seen(itemsOf(topics.pods).filter(({ metadata }) => metadata?.namespace === 'ingress-nginx')),
      controllerSlices: topics.endpointSlices,
      webhooks: platform.topics.webhooks.observed ? platform.topics.webhooks : none,
      services: seen([...itemsOf(platform.topics.services), ...itemsOf(topics.services)]),
    },
  };
  const view = indexSnapshot(snapshot);
  const probes = probeTargetsOf(resolveEndpoints(view, {})).map((target): AddressProbe => {
    const named = [...new Set([target.host, target.address])].filter(
      (each) => /[a-z]/i.test(each) && !each.includes(':'),
    );
    return {
      ...{ ...target, proxy: null, certificate: null, connection: { outcome: 'open', code: '' } },
      names: named.map((name): NameAnswer => ({ name, outcome: 'resolved', addresses: ['203.0.113.90'], code: '' })),
      http: { outcome: 'answered', status: 200, page: null },
    };
  });
  return { ...snapshot, topics: { ...snapshot.topics, probes: seen(withCallers(probes, view)) } };
}

function aged<T extends KubernetesObject>(object: T): T {
  return { ...object, metadata: { ...object.metadata, creationTimestamp: '2026-11-27T00:00:00Z' } };
}

/** The Service with an address: at once, and from each of the load balancers. */
function servedServices(service: Service, loadBalancers: readonly string[]): Service[] {
  const status = { loadBalancer: { ingress: [{ ip: '203.0.113.80' }] } };
  return [{ ...service, status }, ...loadBalancers.map((id) => servedBy(id, service))];
}

function behind(controller: Service): Ingress {
  const ingress = externalAddressesOf(controller).map(({ address }) =>
    /[a-z]/i.test(address) ? { hostname: address } : { ip: address },
  );
  return { ...skyIngress(names, [8888]), status: { loadBalancer: { ingress } } };
}

const isOk = /^OK: \S+ answers 200(?:, and \d more answers?)?$/;

const endOf = async (snapshot: Snapshot) => {
  const { stdout, stderr } = await diagnose({ text: JSON.stringify(dumpOf(snapshot)), arguments: ['train'] });
  return { last: stdout.trimEnd().split('\n').at(-1), all: `${stdout}${stderr}` };
};

for (const [name, { snapshot, loadBalancers }] of Object.entries(platformClusters)) {
  test(`${name}: a load balancer that answers ends in OK, whichever gives the address`, async (t) => {
    for (const service of servedServices(skyLoadBalancer(names, [8888]), loadBalancers)) {
      const { last, all } = await endOf(on(snapshot, [head, service]));
      t.regex(last!, isOk, all);
    }
  });

  test(`${name}: an Ingress that answers ends in OK, whichever gives the controller its address`, async (t) => {
    for (const controller of servedServices(ingressNginxService(), loadBalancers)) {
      const objects = [
        head,
        skyPortService(names, 8888),
        controller,
        ingressNginxPod(),
        ingressClass(),
        behind(controller),
      ];
      const { last, all } = await endOf(on(snapshot, objects));
      t.regex(last!, isOk, all);
    }
  });
}

test('every healthy scenario ends in OK; with --mode, in yes', async (t) => {
  const healthy = allScenarios().filter(({ name }) => name.startsWith('healthy-'));
  t.true(healthy.length > 40);
  for (const scenario of healthy) {
    const { stdout } = await diagnose(scenario);
    t.regex(
      stdout.trimEnd().split('\n').at(-1)!,
      /^(?:OK(?!.*warning).*|No port is open on any SkyPilot cluster$|podip: yes$)/,
      scenario.name,
    );
  }
});
