import test from 'ava';
import type { Json } from '../helpers/cluster.ts';
import { diagnose, dumpNamed } from '../helpers/scenario.ts';
import { type Difference, withDifference } from '../helpers/scenario-difference.ts';

// What is offered for a load balancer hangs on whose it is, and on what else is there.

type Topics = NonNullable<Difference['topics']>;
const service = 'default/train-2ea485ef--skypilot-lb';

/** A scenario of the book, changed as a scenario changes its base. */
function doctor(scenario: string, topics: Topics, ...flags: readonly string[]) {
  return diagnoseDump(withDifference(dumpNamed(scenario), { topics }), ...flags);
}

function diagnoseDump(dump: Json, ...flags: readonly string[]) {
  return diagnose({ text: JSON.stringify(dump), arguments: ['train'] }, ...flags);
}

async function findingOf(id: string, scenario: string, topics: Topics = {}) {
  const { stdout } = await doctor(scenario, topics, '-o', 'json');
  const { checks } = JSON.parse(stdout);
  return checks.find((each: { id: string }) => each.id === id).findings[0];
}

const announced = (topics: Topics = {}) => findingOf('load-balancer-announced', 'load-balancer-not-announced', topics);

test('a pool that nobody announces is added to an advertisement that names pools', async (t) => {
  const [{ command }] = (await announced()).cures;
  t.is(
    command,
    `kubectl patch l2advertisement a -n metallb-system --type=json -p '[{"op":"add","path":"/spec/ipAddressPools/-","value":"gpu"}]'`,
  );
});

test('without one there is another way in, and what to make', async (t) => {
  const { cures } = await announced({ l2Advertisements: [] });
  t.is(
    cures[0].command,
    `echo '{"apiVersion":"metallb.io/v1beta1","kind":"L2Advertisement","metadata":{"name":"gpu","namespace":"metallb-system"},"spec":{"ipAddressPools":["gpu"]}}' | kubectl apply -f -`,
  );
  t.is(cures[1].command, 'kubectl skyports expose train 8888 -n default --mode nodeport');
});

test('MetalLB before 0.14.9 says the pool by its earlier prefix', async (t) => {
  const annotations = {
    'metallb.io/ip-allocated-from-pool': null,
    'metallb.universe.tf/ip-allocated-from-pool': 'gpu',
  };
  const { message } = await announced({ services: { [service]: { metadata: { annotations } } } });
  t.regex(message, /from MetalLB, and nothing answers for it, because no advertisement announces its pool gpu/);
});

const ofClass = (topics: Topics = {}) =>
  findingOf('load-balancer-class-owned', 'load-balancer-class-of-nobody', topics);

test("a class that nobody serves: SkyPilot's own Service has another way in, ours is made again", async (t) => {
  t.regex((await ofClass()).cures[0].command, /--mode nodeport$/);
  const labels = { parent: null, 'app.kubernetes.io/managed-by': 'kubectl-skyports' };
  const name = 'train-2ea485ef--skyports-lb';
  const [first, then] = (await ofClass({ services: { [service]: { metadata: { name, labels } } } })).cures;
  t.is(first.command, 'kubectl skyports unexpose train -n default --mode loadbalancer');
  t.is(then.command, 'kubectl skyports expose train 8888 -n default --mode loadbalancer');
});

const ofAddress = async (scenario: string, topics: Topics = {}) =>
  (await findingOf('load-balancer-address', scenario, topics)).cures.map(({ command }: { command: string }) => command);

test('words that an annotation fixes: a load balancer of the same scheme beside that of SkyPilot', async (t) => {
  const [first, second] = await ofAddress('aws-ipv6-needs-dual-stack');
  const prefix = 'service.beta.kubernetes.io/aws-load-balancer-';
  t.is(
    first,
    `kubectl skyports expose train 8888 -n default --mode loadbalancer --annotation ${prefix}ip-address-type=dualstack --annotation ${prefix}nlb-target-type=ip --scheme public --beside-skypilot`,
  );
  t.is(second, 'kubectl skyports expose train 8888 -n default --mode nodeport');
});

test('words that a scheme fixes: a Service of this plugin is made again', async (t) => {
  const [first, then] = await ofAddress('own-load-balancer-in-a-private-subnet');
  t.is(first, 'kubectl skyports unexpose train -n default --mode loadbalancer');
  t.is(then, 'kubectl skyports expose train 8888 -n default --mode loadbalancer --scheme internal');
});

test('words about too many ports: those beyond are closed, and SkyPilot’s load balancer gets one of fewer ports beside it', async (t) => {
  const ports = [8888, 6006, 7860, 8000, 8501, 9000].map((port) => ({ name: `port${port}`, port, targetPort: port }));
  const event = {
    ...{ metadata: { name: 'e', namespace: 'default' }, type: 'Warning', reason: 'SyncLoadBalancerFailed' },
    message: 'googleapi: Error 400: Too many ports specified. Maximum is 5., invalid',
    source: { component: 'service-controller' },
    lastTimestamp: '2026-11-24T11:57:00Z',
  };
  const nodes = { 'sky-node': { spec: { providerID: 'gce://team/us-east1-b/n' } } };
  const about = (name: string, metadata: object) => ({
    nodes,
    services: { [service]: { metadata: { name, ...metadata }, spec: { ports }, status: null } },
    events: [{ ...event, involvedObject: { kind: 'Service', namespace: 'default', name } }],
  });
  const [beside] = await ofAddress('load-balancer-silent', about('train-2ea485ef--skypilot-lb', {}));
  t.is(
    beside,
    'kubectl skyports expose train 6006 7860 8000 8501 8888 -n default --mode loadbalancer --beside-skypilot',
  );
  const labels = { parent: null, 'app.kubernetes.io/managed-by': 'kubectl-skyports' };
  const [closing] = await ofAddress('load-balancer-silent', about('train-2ea485ef--skyports-lb', { labels }));
  t.is(closing, 'kubectl skyports unexpose train 9000 -n default --mode loadbalancer');
});

test('a guess does not speak beside the words of a controller', async (t) => {
  const { message, cures } = await findingOf('load-balancer-address', 'servicelb-name-too-long');
  t.regex(message, /too long for ServiceLB/);
  t.notRegex(message, /turned off/);
  t.notRegex(JSON.stringify(cures), /MetalLB/);
});

test('a class that is not known leads to its controller, and never to MetalLB', async (t) => {
  const { message, cures } = await findingOf('load-balancer-address', 'load-balancer-class-unknown');
  t.regex(message, /class loxilb\.io\/loxilb is one that this plugin does not know/);
  t.notRegex(JSON.stringify(cures), /MetalLB/);
  t.is(cures[0].command, 'kubectl get pods -A -o wide');
  const [log] = await ofAddress('load-balancer-class-of-a-running-controller');
  t.is(log, 'kubectl logs kube-loxilb-5fb5566999-ll4gs -n kube-system --tail=50');
});

test('the log of the very proxy of Tailscale is shown', async (t) => {
  const [log] = await ofAddress('tailscale-proxy-pending');
  t.is(log, 'kubectl logs ts-train-2ea485ef--skypilot-lb-4s765-0 -n tailscale --all-containers --tail=20');
});

const ofWarnings = (topics: Topics) => findingOf('controller-warnings', 'unknown-words-of-a-served-service', topics);

test('words of a controller that is not known: an error where calls fail, information where they get through', async (t) => {
  const probe = (more: object) => [
    { address: '203.0.113.80', port: 8888, scheme: 'http', host: '203.0.113.80', path: '', names: [], ...more },
  ];
  const severity = async (topics: Topics) => {
    const { stdout } = await doctor('unknown-words-of-a-served-service', topics, '-o', 'json');
    return JSON.parse(stdout).checks.find(({ id }: { id: string }) => id === 'controller-warnings').severity;
  };
  t.is(await severity({}), 'warning');
  t.is(await severity({ probes: probe({ connection: { outcome: 'no-answer', code: 'ETIMEDOUT' } }) }), 'error');
  t.is(await severity({ probes: probe({ connection: { outcome: 'refused', code: 'ECONNREFUSED' } }) }), 'warning');
  const answered = {
    connection: { outcome: 'open', code: '' },
    http: { outcome: 'answered', status: 200, page: null },
  };
  t.is(await severity({ probes: probe(answered) }), 'info');
  t.regex((await ofWarnings({})).message, /from invented-lb-controller \(last 2m ago\): the gateway refused port 8888/);
});

test('-o wide says what was not seen, what was cut off, and what is not verified', async (t) => {
  const dump = dumpNamed('load-balancer-on-docker-desktop');
  const { stdout: all } = await diagnoseDump(dump, '-o', 'wide');
  t.regex(all, /^addresses come from Docker Desktop's own load balancer: /m);
  t.regex(all, /^not verified of Docker Desktop's own load balancer: that the address is localhost$/m);
  t.notRegex(all, /of the nodes/);
  const nodes = { ...dump.topics.nodes, metadata: { continue: 'more' } };
  const { stdout: cutOff } = await diagnoseDump({ ...dump, topics: { ...dump.topics, nodes } }, '-o', 'wide');
  t.regex(cutOff, /^only the first 1 nodes were read$/m);
});

test('where a load balancer serves its class alone, a Service of that class comes in place of MetalLB', async (t) => {
  const { message, cures } = await findingOf('load-balancer-implementation', 'load-balancer-of-a-class-alone');
  t.regex(message, /to Services without a class; Tailscale operator gives them to Services of class tailscale/);
  t.is(
    cures[0].command,
    'kubectl skyports expose train 8888 -n default --mode loadbalancer --load-balancer-class tailscale --beside-skypilot',
  );
  t.false(cures.some(({ command }: { command: string | null }) => command?.includes('metallb')));
});

test('what is asked before a mode is used: of a port that has such a Service, one more PORT is opened', async (t) => {
  const served = {
    spec: { loadBalancerClass: 'tailscale' },
    status: { loadBalancer: { ingress: [{ ip: '100.64.0.7' }] } },
  };
  const dump = withDifference(dumpNamed('load-balancer-of-a-class-alone'), {
    topics: { services: { [service]: served } },
  });
  const asked = async (...words: readonly string[]) => {
    const { stdout } = await diagnose(
      { text: JSON.stringify(dump), arguments: [...words, '--mode', 'loadbalancer'] },
      ...['-o', 'json'],
    );
    const found = JSON.parse(stdout).checks.find(({ id }: { id: string }) => id === 'load-balancer-implementation');
    return found.findings[0].cures[0].command;
  };
  const flags = '--mode loadbalancer --load-balancer-class tailscale';
  t.is(await asked('train', '8888'), `kubectl skyports expose train PORT -n default ${flags}`);
  t.is(await asked(), `kubectl skyports expose NAME PORT ${flags}`);
});

test('a class of a load balancer that was not seen: whose it is, and who does not serve it', async (t) => {
  const { message, cures } = await findingOf('load-balancer-class-owned', 'load-balancer-class-of-one-not-seen');
  t.regex(
    message,
    /kube-vip-class, which is that of kube-vip, and what was seen here \(MetalLB\) is not known to serve it/,
  );
  t.is(cures[0].command, 'kubectl skyports expose train 8888 -n default --mode nodeport');
});

test('a failure is explained, although the last message says only that the load balancer is not finished', async (t) => {
  const { message, cures } = await findingOf('load-balancer-address', 'load-balancer-in-progress-after-a-failure');
  t.regex(message, /: a quota of the cloud account is used up; warning event .* not yet active/);
  t.is(cures[0].command, 'kubectl skyports prune -A');
});

test('a failure of the ingress controller’s load balancer is explained likewise', async (t) => {
  const handlerEvents = {
    'ingress-nginx/ingress-nginx-controller.2': {
      type: 'Warning',
      reason: 'SyncLoadBalancerFailed',
      message: 'Error syncing load balancer: failed to ensure load balancer: load balancer limit exceeded',
      lastTimestamp: '2026-11-24T11:59:30Z',
      source: { component: 'service-controller' },
      involvedObject: { kind: 'Service', namespace: 'ingress-nginx', name: 'ingress-nginx-controller' },
    },
  };
  const scenario = 'ingress-external-ip-in-progress-and-told-so';
  const { cures } = await findingOf('ingress-external-ip', scenario, { handlerEvents });
  t.true(
    cures.some(({ command }: Json) => command === 'kubectl skyports prune -A'),
    JSON.stringify(cures),
  );
});

test("a failed load balancer of SkyPilot's gets another one beside it", async (t) => {
  const { cures } = await findingOf('load-balancer-address', 'load-balancer-errored-while-young');
  t.is(cures[0].command, 'kubectl skyports expose train 8888 -n default --mode loadbalancer --beside-skypilot');
});
