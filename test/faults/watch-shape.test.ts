import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { until } from '../helpers/cluster.ts';
import { startSkyports } from '../helpers/run-skyports.ts';
import { skyLoadBalancer } from '../helpers/skypilot-objects.ts';
import { make, withSkyCluster } from '../helpers/world.ts';
import { proxy } from './proxy.ts';

const C = 'train-2ea485ef';
const events: Record<string, readonly [RegExp, (namespace: string) => object]> = {
  'a Service whose ports hold null': [
    /\/services$/,
    (namespace) => ({
      kind: 'Service',
      metadata: { name: `${C}--skypilot-lb`, namespace, labels: { parent: 'skypilot' } },
      spec: { type: 'LoadBalancer', selector: { 'skypilot-cluster-name': C }, ports: [null] },
    }),
  ],
  'an EndpointSlice whose endpoints hold null': [
    /\/endpointslices$/,
    (namespace) => ({
      kind: 'EndpointSlice',
      metadata: { name: 'odd', namespace, labels: { 'kubernetes.io/service-name': `${C}--skypilot-lb` } },
      ...{ endpoints: [null], ports: 'x' },
    }),
  ],
  'an Ingress whose rules hold null': [
    /\/ingresses$/,
    (namespace) => ({
      kind: 'Ingress',
      metadata: { name: `${C}-skypilot-ingress`, namespace },
      spec: { rules: [null] },
    }),
  ],
  'a Pod whose labels are of the wrong type': [
    /\/pods$/,
    (namespace) => ({
      kind: 'Pod',
      metadata: { name: `${C}-head`, namespace, labels: { 'skypilot-cluster-name': 7 } },
    }),
  ],
};

for (const [name, [path, object]] of Object.entries(events)) {
  test(`a watch event with ${name} changes no row and is no fault of the plugin`, async (t) => {
    const names = await withSkyCluster('train');
    await make(skyLoadBalancer(names, [80], { ip: '203.0.113.9' }));
    let isSent = false;
    const { kubeconfig, close } = await proxy(names.namespace, ({ url, path: asked, response }) => {
      if (!url.includes('watch=true') || !path.test(asked)) return undefined;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(`${JSON.stringify({ type: 'MODIFIED', object: object(names.namespace) })}\n`);
      isSent = true;
      return true;
    });
    const running = startSkyports(['endpoints', '--watch'], { kubeconfig });
    // On a busy machine the first list takes its time.
    await until('the first row', () => running.stdout().includes('train'));
    await until('the event is sent', () => isSent);
    await delay(500);
    running.interrupt();
    const { stdout, stderr } = await running.outcome;
    close();
    t.notRegex(stderr, /bug in kubectl-skyports/);
    t.is(stdout.split('\n').filter((line) => line.startsWith('train')).length, 1, stdout);
  });
}
