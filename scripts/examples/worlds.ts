import { admin, type Json, kubectl } from '../../test/helpers/cluster.ts';
import { liveScenario, makeScenario } from '../../test/helpers/live-scenario.ts';
import { giveAddress, untilBackendReady } from '../../test/helpers/world.ts';
import { makeWorld, namespace } from '../demo/world.ts';

/** The objects that the examples of the documents run on. */
export interface World {
  /** Creates the objects, and returns the function that removes them. */
  make(): Promise<() => Promise<void>>;
  /** Plays other programs while a command runs, such as a load-balancer controller. Returns the function that ends it. */
  play?(): () => void;
}

/**
 * All worlds. The world of the demo is the last one, because its objects stay.
 *
 * Each other world is a scenario of `test/scenarios`, created on the real API server.
 */
export const worlds: Readonly<Record<string, World>> = {
  rke2: scenarioWorld('controller-rke2'),
  k3s: scenarioWorld('preflight-ingress-k3s'),
  kind: scenarioWorld('preflight-loadbalancer-on-kind'),
  eks: scenarioWorld('healthy-loadbalancer-aws'),
  demo: {
    async make() {
      await makeWorld();
      await kubectl(['config', 'set-context', '--current', '--namespace', namespace]);
      return async () => {};
    },
    play: playLoadBalancers,
  },
};

/** The world of one scenario of `test/scenarios`. */
export function scenarioWorld(name: string): World {
  return {
    async make() {
      await kubectl(['config', 'set-context', '--current', '--namespace', 'default']);
      const scenario = liveScenario(name);
      const unmake = await makeScenario(scenario);
      const services: Json[] = scenario.dump.topics.services?.items ?? [];
      const leading = services.filter(({ metadata }) => /--skypilot-(?:lb|svc--\d+)$/.test(metadata.name));
      for (const { metadata } of leading) await untilBackendReady(metadata.namespace, metadata.name);
      return unmake;
    },
  };
}

/** Gives each load balancer of this plugin an address, as a load-balancer controller would. */
function playLoadBalancers(): () => void {
  const timer = setInterval(async () => {
    const services: Json = await admin('GET', `/api/v1/namespaces/${namespace}/services`).catch(() => ({ items: [] }));
    for (const { metadata, spec, status } of services.items) {
      const waits = spec.type === 'LoadBalancer' && !status.loadBalancer.ingress;
      if (waits && metadata.name.endsWith('--skyports-lb')) {
        await giveAddress(namespace, metadata.name, '203.0.113.82').catch(() => {});
      }
    }
  }, 100);
  return () => clearInterval(timer);
}
