import test from 'ava';
import { withCallers } from '../../src/doctor/subjects/callers.ts';
import type { AddressProbe } from '../../src/snapshot/probe.ts';
import { lookAt } from '../helpers/look.ts';
import { diagnose, dumpNamed, scenarioNamed } from '../helpers/scenario.ts';
import { type Difference, withDifference } from '../helpers/scenario-difference.ts';

// Who answers for an address, and what is offered to whom where nobody does.

type Topics = NonNullable<Difference['topics']>;
const service = 'default/train-2ea485ef--skypilot-lb';

/** The first finding of a check in a scenario of the book, changed as a scenario changes its base. */
async function findingOf(id: string, scenario: string, topics: Topics = {}) {
  const dump = withDifference(dumpNamed(scenario), { topics });
  const { stdout } = await diagnose({ text: JSON.stringify(dump), arguments: ['train'] }, '-o', 'json');
  const found = JSON.parse(stdout).checks.find((each: { id: string }) => each.id === id);
  const [finding] = found.findings;
  return finding && { ...finding, commands: finding.cures.map(({ command }: { command: string }) => command) };
}

/** The Service as one of this plugin's, or of a person's own. */
const owned = (name: string, labels: object, more: object = {}): Topics => ({
  services: { [service]: { metadata: { name, labels: { parent: null, ...labels }, ...more } } },
  endpointSlices: {
    'default/train-2ea485ef--skypilot-lb-abcde': { metadata: { labels: { 'kubernetes.io/service-name': name } } },
  },
});
const ours = (more: object = {}) =>
  owned('train-2ea485ef--skyports-lb', { 'app.kubernetes.io/managed-by': 'kubectl-skyports' }, more);
const theirs = (more: object = {}) => owned('train-web', {}, more);

const label = 'node.kubernetes.io/exclude-from-external-load-balancers';

test('the label is taken from the nodes, or the speakers ignore it: their DaemonSet, their container', async (t) => {
  const { message, commands } = await findingOf('load-balancer-announced', 'metallb-every-node-excluded', {
    nodes: { 'worker-2': { metadata: { labels: { [label]: '' } } } },
    metallbSpeakers: {
      'metallb-system/speaker-x1': {
        metadata: { namespace: 'lb', ownerReferences: [{ kind: 'DaemonSet', name: 'metallb-speaker' }] },
        spec: {
          containers: [{ name: 'frr' }, { name: 'speaker', image: 'quay.io/metallb/speaker:v0.15.2' }],
        },
      },
    },
  });
  t.regex(message, /no node may announce it: node sky-node is excluded by its label .*, node worker-2 is excluded/);
  t.is(commands[0], `kubectl label node sky-node ${label}-`, 'worker-2 has no speaker either');
  t.is(
    commands[1],
    `kubectl patch daemonset metallb-speaker -n lb --type=json -p '[{"op":"add","path":"/spec/template/spec/containers/1/args/-","value":"--ignore-exclude-lb"}]'`,
  );
});

test('a node that is left out for two reasons: both have a cure', async (t) => {
  const { commands } = await findingOf('load-balancer-announced', 'metallb-every-node-excluded', {
    metallbSpeakers: { 'metallb-system/speaker-x1': { spec: { nodeName: 'gone' } } },
  });
  t.is(commands[0], `kubectl label node sky-node ${label}-`);
  t.is(commands[2], 'kubectl describe daemonset -n metallb-system -l app=metallb,component=speaker');
});

test('one node that may announce is enough; more nodes than were listed may have one', async (t) => {
  const free = { nodes: { 'worker-2': {} }, metallbSpeakers: [] };
  t.is(await findingOf('load-balancer-announced', 'metallb-every-node-excluded', free), undefined);
  const dump = dumpNamed('metallb-every-node-excluded');
  const nodes = { ...dump.topics.nodes, metadata: { continue: 'more' } };
  const cutOff = JSON.stringify({ ...dump, topics: { ...dump.topics, nodes } });
  const { stdout } = await diagnose({ text: cutOff, arguments: ['train'] }, '-o', 'json');
  t.deepEqual(JSON.parse(stdout).rootCauses, []);
});

test('a Local policy that keeps the only announcing node out: each owner has its own way back to Cluster', async (t) => {
  const local = (topics: Topics): Topics => ({
    ...topics,
    services: {
      [service]: { ...(topics.services as Record<string, object>)[service], spec: { externalTrafficPolicy: 'Local' } },
    },
    nodes: { 'sky-node': null, 'worker-2': {} },
  });
  const found = (topics: Topics) => findingOf('load-balancer-announced', 'healthy-loadbalancer-metallb', local(topics));
  const { message, commands } = await found(ours());
  t.regex(message, /node worker-2 has no ready Pod of the Service, which its externalTrafficPolicy Local asks for/);
  t.is(
    commands[0],
    'kubectl skyports expose train 8888 -n default --mode loadbalancer --external-traffic-policy Cluster',
  );
  t.is(
    (await found(theirs())).commands[0],
    `kubectl patch service train-web -n default --type=merge -p '{"spec":{"externalTrafficPolicy":"Cluster"}}'`,
  );
  t.deepEqual((await found({ services: { [service]: {} } })).commands, [
    'kubectl skyports expose train 8888 -n default --mode nodeport',
  ]);
});

test('two implementations: ours is made again for one, kube-vip leaves alone what says so', async (t) => {
  const annotations = { 'kube-vip.io/vipHost': 'sky-node' };
  const found = (topics: Topics) =>
    findingOf('load-balancer-one-implementation', 'two-implementations-no-answer', topics);
  const again = await found(ours({ annotations }));
  t.deepEqual(again.commands.slice(0, 3), [
    'kubectl annotate service train-2ea485ef--skyports-lb -n default kube-vip.io/ignore=true',
    'kubectl skyports unexpose train -n default --mode loadbalancer',
    'kubectl skyports expose train 8888 -n default --mode loadbalancer --load-balancer-class kube-vip.io/kube-vip-class',
  ]);
  const own = await found({ services: { [service]: { metadata: { annotations } } } });
  t.false(
    own.commands.some((command: string | null) => command?.includes('annotate')),
    "SkyPilot's is made again",
  );
});

test('a finalizer of a cloud beside an address of MetalLB shows two, and one implementation is one', async (t) => {
  const gke = { finalizers: ['gke.networking.io/l4-netlb-v2'] };
  const { message } = await findingOf('load-balancer-one-implementation', 'healthy-loadbalancer-metallb', {
    services: { [service]: { metadata: gke } },
    apiGroups: [{ name: 'elbv2.k8s.aws' }],
    loadBalancerPods: {
      'kube-system/c': { metadata: { labels: { 'app.kubernetes.io/name': 'aws-load-balancer-controller' } } },
    },
  }).then((found) => found ?? { message: '' });
  t.is(message, '', 'GKE gives its own finalizer, and is no load balancer that is installed');
  const finalizers = ['service.k8s.aws/resources'];
  const both = await findingOf('load-balancer-one-implementation', 'healthy-loadbalancer-metallb', {
    services: { [service]: { metadata: { finalizers } } },
  });
  t.regex(
    both.message,
    /MetalLB \(an address of pool gpu\) and AWS Load Balancer Controller \(finalizer service\.k8s\.aws/,
  );
});

test('source ranges of this plugin’s own Service are written again with one more', async (t) => {
  const ranges = { spec: { loadBalancerSourceRanges: ['198.51.100.0/24'] } };
  const topics = ours();
  const changed = { ...(topics.services as Record<string, object>)[service], ...ranges };
  const { commands } = await findingOf('tcp-connects', 'probe-source-ranges', {
    ...topics,
    services: { [service]: changed },
  });
  t.is(
    commands[0],
    'kubectl skyports expose train 8888 -n default --mode loadbalancer --source-range 198.51.100.0/24 --source-range CIDR',
  );
});

test('what a machine knows of itself: in the ranges, in none of them, behind NAT', async (t) => {
  const at = (address: string, from: string, ranges: string[]) => {
    const changed = {
      spec: { loadBalancerSourceRanges: ranges },
      status: { loadBalancer: { ingress: [{ ip: address }] } },
    };
    const call = { address, port: 8888, scheme: 'http', host: address, path: '', names: [], from };
    const probes = withCallers(
      [{ ...call, connection: { outcome: 'no-answer', code: 'ETIMEDOUT' } } as unknown as AddressProbe],
      {
        snapshot: {
          topics: lookAt([{ kind: 'Service', metadata: { name: 'x', namespace: 'default' }, ...changed }]).topics,
        } as never,
      },
    );
    const named = { [service]: changed };
    return findingOf('tcp-connects', 'probe-source-ranges', { services: named, probes } as Topics);
  };
  const outside = await at('10.0.7.80', '10.8.0.6', ['10.0.0.0/16']);
  t.regex(outside.message, /and this machine calls it from 10\.8\.0\.6, which is in none of them/);
  t.regex(outside.commands[0], / --source-range 10\.0\.0\.0\/16 --source-range 10\.8\.0\.6\/32 --beside-skypilot$/);
  const inside = await at('10.0.7.80', '10.8.0.6', ['10.0.0.0/8']);
  t.regex(inside.message, /and this machine calls it from 10\.8\.0\.6, which is in them/);
  t.notRegex(JSON.stringify(inside.cures), /source-range/);
  const nat = await at('203.0.113.80', '192.168.1.2', ['198.51.100.0/24']);
  t.regex(nat.message, /this machine \(192\.168\.1\.2\) calls it through NAT/);
  t.regex(nat.commands[0], / --source-range CIDR --beside-skypilot$/);
  const direct = await at('203.0.113.80', '198.51.100.7', ['198.51.100.0/24']);
  t.regex(direct.message, /which is in them/);
});

test('ranges of annotations, in the form of each cloud, and rules that are not in the cluster', async (t) => {
  const annotated = (name: string, value: string) =>
    findingOf('tcp-connects', 'probe-source-ranges', {
      services: {
        [service]: {
          metadata: { annotations: { [`service.beta.kubernetes.io/${name}`]: value } },
          spec: { loadBalancerSourceRanges: null },
        },
      },
    });
  const digitalOcean = await annotated('do-loadbalancer-allow-rules', 'ip:198.51.100.4,cidr:192.0.2.0/24');
  t.regex(digitalOcean.message, /lets only 198\.51\.100\.4 and 192\.0\.2\.0\/24 in \(annotation/);
  t.regex(
    digitalOcean.commands[0],
    /--source-range 198\.51\.100\.4\/32 --source-range 192\.0\.2\.0\/24 --source-range CIDR/,
  );
  const acl = '{"allowList":{"ipv4":["198.51.100.0/24"],"ipv6":["2001:db8::/32"]}}';
  t.regex(
    (await annotated('linode-loadbalancer-firewall-acl', acl)).message,
    /lets only 198\.51\.100\.0\/24 and 2001:db8::\/32 in/,
  );
  t.notRegex((await annotated('linode-loadbalancer-firewall-acl', '{"denyList":{}}')).message, /lets only/);
  t.notRegex((await annotated('linode-loadbalancer-firewall-acl', '{')).message, /lets only/);
  const { message } = await annotated('linode-loadbalancer-firewall-id', '12345');
  t.regex(message, /linode-loadbalancer-firewall-id \(12345\) names rules that are not in the cluster/);
});

test('a connection that is closed is explained by ranges, and not by those that let everyone in', async (t) => {
  const closedWith = (changed: object) =>
    findingOf('http-answers', 'probe-closed', { services: { [service]: changed } });
  const annotations = { 'service.beta.kubernetes.io/azure-allowed-ip-ranges': '198.51.100.0/24' };
  t.regex((await closedWith({ metadata: { annotations } })).message, /only 198\.51\.100\.0\/24 may call it/);
  const { message } = await closedWith({ spec: { loadBalancerSourceRanges: ['0.0.0.0/0'] } });
  t.notRegex(message, /may call it/);
});

test('ranges that let everyone in explain nothing', async (t) => {
  for (const range of ['0.0.0.0/0', '::/0']) {
    const { message } = await findingOf('tcp-connects', 'probe-source-ranges', {
      services: { [service]: { spec: { loadBalancerSourceRanges: [range] } } },
    });
    t.notRegex(message, /lets only/);
  }
});

test('a path that is set and wrong is patched, since kubectl annotate would refuse', async (t) => {
  const annotations = { 'service.beta.kubernetes.io/do-loadbalancer-healthcheck-path': '/health' };
  const controller = { 'ingress-nginx/ingress-nginx-controller': { metadata: { annotations } } };
  const { message, commands } = await findingOf('load-balancer-health-check', 'controller-probed-by-annotation', {
    controllerServices: controller,
    ingressNginxServices: controller,
  });
  t.regex(message, /by HTTP at \/health, because of/);
  t.is(
    commands[0],
    `kubectl patch service ingress-nginx-controller -n ingress-nginx --type=merge -p '{"metadata":{"annotations":{"service.beta.kubernetes.io/do-loadbalancer-healthcheck-path":"/healthz"}}}'`,
  );
});

test('a node on the way that is not Ready is named with its condition before a firewall', async (t) => {
  const { message, commands } = await findingOf('tcp-connects', 'probe-no-answer-of-a-lost-node');
  t.regex(message, /; node sky-node is not Ready \(Unknown, NodeStatusUnknown: Kubelet stopped posting node status\)$/);
  t.deepEqual(commands, ['kubectl describe node sky-node', null]);
  const elsewhere = { conditions: [{ type: 'Ready', status: 'True' }] };
  const { message: usual } = await findingOf('tcp-connects', 'probe-no-answer-of-a-lost-node', {
    nodes: {
      'sky-node': { status: elsewhere },
      other: { status: { conditions: [{ type: 'Ready', status: 'False' }] } },
    },
  });
  t.notRegex(usual, /not Ready/);
});

test('an address that this machine reaches is not said to be answered by nobody', async (t) => {
  const probe = {
    ...{ address: '203.0.113.80', port: 8888, scheme: 'http', host: '203.0.113.80', path: '', names: [] },
    connection: { outcome: 'open', code: '' },
    http: { outcome: 'answered', status: 200 },
  };
  const { message } = await findingOf('load-balancer-announced', 'load-balancer-not-announced', {
    probes: [probe],
  });
  t.regex(
    message,
    /, and this machine reaches it, as a node does; others may find nothing that answers for it, because/,
  );
});

test('the log of an app behind SkyServe is that of its replica', async (t) => {
  const { stdout } = await diagnose(scenarioNamed('serve-redirects-away'), '-o', 'short');
  t.regex(stdout, /sky serve logs NAME 1\n/);
  t.notRegex(stdout, /sky logs/);
});
