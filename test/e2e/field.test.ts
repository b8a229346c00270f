import test, { type ExecutionContext } from 'ava';
import { until } from '../cluster/until.ts';
import { type SkyPilotNames, skyNames } from '../helpers/skypilot-objects.ts';
import { appImage } from '../node/images.ts';
import { addresses, nodeName } from '../node/layout.ts';
import { metallbNamespace } from '../node/metallb.ts';
import { diagnosed, type Found, untilDiagnosed } from './diagnosed.ts';
import { forwarded } from './forwarded.ts';
import { apply, call, isOurNode, pasted, reached, shell, untilReached } from './machine.ts';
import { appPort, restartHead, skyCluster } from './sky-cluster.ts';

// Situations that people reported, made for real: who announces an address, a mesh's sidecar, and two heads on one node's
// network. Each is found by `doctor`, and fixed by what it prints or passed by the other way in that it prints. What one node
// cannot have has a stand-in, which the test names.

const balanced = ({ nameOnCloud, namespace }: SkyPilotNames) => `service ${nameOnCloud}--skyports-lb -n ${namespace}`;

function expose({ displayName, namespace }: SkyPilotNames, flags = '--wait=60s'): Promise<string> {
  return pasted(`kubectl skyports expose ${displayName} ${appPort} -n ${namespace} --mode loadbalancer ${flags}`);
}

async function urlOf({ displayName, namespace }: SkyPilotNames, flags = '--mode loadbalancer'): Promise<string> {
  return (await pasted(`kubectl skyports endpoints ${displayName} -n ${namespace} ${flags} -o url`)).trim();
}

/** It answers from outside, and the doctor finds no fault with the named check any more. */
async function answers(t: ExecutionContext, names: SkyPilotNames, url: string, check: string): Promise<void> {
  await untilReached(url);
  t.truthy(await reached(url));
  const { rootCauses } = await diagnosed(names.namespace, '--probe');
  t.false(rootCauses.includes(check), rootCauses.join());
}

/** Whether nothing answers a connection, or the packets are dropped. */
async function isSilent(url: string): Promise<boolean> {
  return (await shell(`curl -s -o /dev/null --max-time 2 ${url}`)).code !== 0;
}

/** The way in that does not need what is broken. */
async function anotherWayIn(t: ExecutionContext, names: SkyPilotNames, { note }: Found): Promise<void> {
  const [command] = /^kubectl skyports expose .* --mode nodeport$/m.exec(note) ?? [];
  t.truthy(command, note);
  await pasted(`${command} --wait=60s`);
  const url = await urlOf(names, '--mode nodeport');
  await untilReached(url);
  t.truthy(await reached(url));
  await pasted(`kubectl skyports unexpose ${names.displayName} -n ${names.namespace} --mode nodeport -y`);
}

const excludeLabel = 'node.kubernetes.io/exclude-from-external-load-balancers';

if (isOurNode) {
  test('MetalLB with every node excluded: without the label it answers, and with speakers that ignore it', async (t) => {
    const speakers = `daemonset speaker -n ${metallbNamespace}`;
    const args = '/spec/template/spec/containers/0/args';
    const before = await pasted(`kubectl get ${speakers} -o jsonpath='{.spec.template.spec.containers[0].args}'`);
    const rolledOut = () => pasted(`kubectl rollout status ${speakers} --timeout=60s`);
    const exclude = () => pasted(`kubectl label node ${nodeName} ${excludeLabel}=`);
    t.teardown(async () => {
      await shell(`kubectl label node ${nodeName} ${excludeLabel}-`);
      const patch = JSON.stringify([{ op: 'replace', path: args, value: JSON.parse(before) }]);
      await pasted(`kubectl patch ${speakers} --type=json -p '${patch}'`);
      await rolledOut();
    });
    await exclude();
    const names = await skyCluster(t);
    await expose(names);
    const url = await urlOf(names);
    const silent = async () => {
      // An earlier test may have had the address, so that this machine still knows where it was.
      await pasted('ip neigh flush dev c0');
      t.true(await isSilent(url));
    };
    await silent();
    const found = await untilDiagnosed(names.namespace, 'load-balancer-announced', '--probe');
    t.deepEqual(found.rootCauses, ['load-balancer-announced']);
    t.regex(
      found.message,
      /has 172\.30\.0\.\d+ from MetalLB, and nothing answers for it, because no node may announce it: node node1 is excluded by its label node\.kubernetes\.io\/exclude-from-external-load-balancers$/,
    );
    await anotherWayIn(t, names, found);
    t.is(found.command, `kubectl label node ${nodeName} ${excludeLabel}-`);
    await pasted(found.command!);
    await answers(t, names, url, 'load-balancer-announced');

    await exclude();
    await until('no speaker answers for it', async () => {
      await pasted('ip neigh flush dev c0');
      return isSilent(url);
    });
    const again = await untilDiagnosed(names.namespace, 'load-balancer-announced', '--probe');
    const [ignoring] = /^kubectl patch daemonset speaker .*--ignore-exclude-lb.*$/m.exec(again.note) ?? [];
    t.truthy(ignoring, again.note);
    await pasted(ignoring!);
    await rolledOut();
    await answers(t, names, url, 'load-balancer-announced');
  });

  test('Local, and the app on a node that MetalLB cannot announce from: with Cluster it answers', async (t) => {
    const names = await skyCluster(t);
    await onSecondNode(t, names);
    await expose(names, '--external-traffic-policy Local --wait=60s');
    const url = await urlOf(names);
    await pasted('ip neigh flush dev c0');
    t.true(await isSilent(url));
    const found = await untilDiagnosed(names.namespace, 'load-balancer-announced', '--probe');
    t.is(found.rootCauses[0], 'load-balancer-announced');
    t.regex(
      found.message,
      /node node1 has no ready Pod of the Service, which its externalTrafficPolicy Local asks for/,
    );
    t.regex(found.message, /node node2 has no ready speaker of MetalLB's/);
    await anotherWayIn(t, names, found);
    await withClusterPolicy(t, names, found, url);
  });

  test('Local, and the address is of a node without the app: with Cluster it answers', async (t) => {
    const names = await skyCluster(t);
    await onSecondNode(t, names);
    // A stand-in for what hands out addresses of nodes, as ServiceLB and many clouds do: MetalLB leaves the class alone, and
    // kube-proxy takes the address from the status.
    const flags = '--external-traffic-policy Local --load-balancer-class example.com/node-addresses --wait=0';
    await expose(names, flags);
    const status = { loadBalancer: { ingress: [{ ip: addresses.node }] } };
    await pasted(
      `kubectl patch ${balanced(names)} --subresource=status --type=merge -p '${JSON.stringify({ status })}'`,
    );
    const url = await urlOf(names);
    t.is(new URL(url).hostname, addresses.node);
    t.true(await isSilent(url));
    const found = await untilDiagnosed(names.namespace, 'load-balancer-local-nodes', '--probe');
    t.is(found.rootCauses[0], 'load-balancer-local-nodes');
    t.regex(
      found.message,
      /has externalTrafficPolicy Local, and its address 172\.30\.0\.2 is of node node1: that node has no ready Pod of it and drops the calls; its ready Pods are on node2$/,
    );
    await anotherWayIn(t, names, found);
    await withClusterPolicy(t, names, found, url);
  });

  test('two implementations: ServiceLB and MetalLB take one Service, the other way in answers, and one alone is healthy', async (t) => {
    // K3s itself cannot be here. Its nodes are known by this label, and its ServiceLB makes a DaemonSet with these labels,
    // whose Pods take the port of the node and pass connections on to the Service (pkg/cloudprovider/servicelb.go).
    const label = 'node.kubernetes.io/instance-type';
    await pasted(`kubectl label node ${nodeName} ${label}=k3s`);
    t.teardown(() => pasted(`kubectl label node ${nodeName} ${label}-`));
    const names = await skyCluster(t);
    await expose(names);
    const url = await urlOf(names);
    await untilReached(url);
    const service = JSON.parse(await pasted(`kubectl get ${balanced(names)} -o json`));
    const daemonSet = `daemonset svclb-${service.metadata.name} -n kube-system`;
    t.teardown(() => shell(`kubectl delete ${daemonSet} --wait`));
    await apply(serviceLbDaemonSet(service));
    await pasted(`kubectl rollout status ${daemonSet} --timeout=60s`);
    const node = `http://${addresses.node}:${appPort}`;
    await untilReached(node);
    // What its controller writes, MetalLB writes over.
    const status = { loadBalancer: { ingress: [{ ip: addresses.node }] } };
    await pasted(
      `kubectl patch ${balanced(names)} --subresource=status --type=merge -p '${JSON.stringify({ status })}'`,
    );
    await until(
      'MetalLB writes its own address again',
      async () => !(await urlOf(names)).includes(`//${addresses.node}:`),
      { everyMs: 250 },
    );
    const found = await untilDiagnosed(names.namespace, 'load-balancer-one-implementation', '--probe');
    t.is(found.rootCauses[0], 'load-balancer-one-implementation');
    t.regex(
      found.message,
      /ServiceLB of K3s and RKE2 \(Pod kube-system\/svclb-\S+\).* MetalLB \(an address of pool node\) handle Service \S+--skyports-lb, and each writes its own address into it/,
    );
    t.regex(found.note, /--disable=servicelb/);
    t.regex(found.note, /--lb-class=NAME/);
    await anotherWayIn(t, names, found);
    // As --disable=servicelb does it.
    await pasted(`kubectl delete ${daemonSet} --wait`);
    await until(
      'the Pod of ServiceLB is gone',
      async () =>
        (await pasted('kubectl get pods -n kube-system -l svccontroller.k3s.cattle.io/svcname -o name')) === '',
      { everyMs: 250 },
    );
    await answers(t, names, await urlOf(names), 'load-balancer-one-implementation');
  });
}

/** The head on a second node, which is ready, and whose Pods are reached as over a network of Pods. */
async function onSecondNode(t: ExecutionContext, names: SkyPilotNames): Promise<void> {
  // A stand-in: a node without a kubelet, whose status this test writes. An app on the first node lends its address to the
  // head there, so that what is passed on to the second node is answered.
  const node = 'node2';
  const { namespace, nameOnCloud } = names;
  await apply({
    ...{ apiVersion: 'v1', kind: 'Node', metadata: { name: node } },
    // Keeps MetalLB's speaker away.
    spec: { taints: [{ key: 'example.com/stand-in', effect: 'NoSchedule' }] },
  });
  const beat = () => {
    const now = new Date().toISOString();
    const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: now };
    const status = { conditions: [ready], addresses: [{ type: 'InternalIP', address: '172.30.0.3' }] };
    return shell(`kubectl patch node ${node} --subresource=status -p '${JSON.stringify({ status })}'`);
  };
  await beat();
  const beating = setInterval(() => void beat(), 10_000);
  t.teardown(async () => {
    clearInterval(beating);
    await shell(`kubectl delete pod ${nameOnCloud}-head -n ${namespace} --grace-period=0 --force`);
    await pasted(`kubectl delete node ${node}`);
  });
  // Until the controllers have seen that it is ready, they mark its Pods as not ready.
  const taints = `kubectl get node ${node} -o jsonpath='{.spec.taints[*].key}'`;
  await until('the second node is ready', async () => (await pasted(taints)) === 'example.com/stand-in', {
    everyMs: 250,
    withinMs: 60_000,
  });
  const container = { name: 'app', image: appImage, imagePullPolicy: 'Never', args: [String(appPort)] };
  const metadata = { name: 'behind', namespace };
  const spec = { containers: [container], terminationGracePeriodSeconds: 0 };
  await apply({ apiVersion: 'v1', kind: 'Pod', metadata, spec });
  await pasted(`kubectl wait --for=condition=Ready pod/behind -n ${namespace} --timeout=60s`);
  const podIP = await pasted(`kubectl get pod behind -n ${namespace} -o jsonpath={.status.podIP}`);
  await restartHead(names, [String(appPort)], { nodeName: node });
  const ready = ['Initialized', 'PodScheduled', 'ContainersReady', 'Ready'];
  const conditions = ready.map((type) => ({ type, status: 'True' }));
  const status = { phase: 'Running', podIP, podIPs: [{ ip: podIP }], startTime: new Date().toISOString(), conditions };
  await pasted(
    `kubectl patch pod ${nameOnCloud}-head -n ${namespace} --subresource=status -p '${JSON.stringify({ status })}'`,
  );
}

async function withClusterPolicy(t: ExecutionContext, names: SkyPilotNames, { note, rootCauses }: Found, url: string) {
  const [command] = /^kubectl skyports expose .* --external-traffic-policy Cluster.*$/m.exec(note) ?? [];
  t.truthy(command, note);
  await pasted(command!);
  await answers(t, names, url, rootCauses[0]!);
}

interface ServedService {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: { readonly clusterIP: string };
}

function serviceLbDaemonSet({ metadata: { name, namespace }, spec }: ServedService): object {
  const prefix = 'svccontroller.k3s.cattle.io';
  const labels = { app: `svclb-${name}`, [`${prefix}/svcname`]: name, [`${prefix}/svcnamespace`]: namespace };
  const container = {
    ...{ name: `lb-tcp-${appPort}`, image: appImage, imagePullPolicy: 'Never' },
    args: ['forward', `${addresses.node}:${appPort}`, `${spec.clusterIP}:${appPort}`],
    ports: [{ name: `lb-tcp-${appPort}`, containerPort: appPort, hostPort: appPort, protocol: 'TCP' }],
  };
  return {
    ...{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: `svclb-${name}`, namespace: 'kube-system' } },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        // The network of this node maps no hostPorts.
        spec: { hostNetwork: true, containers: [container], terminationGracePeriodSeconds: 0 },
      },
    },
  };
}

const meshed = { name: 'istio-proxy', args: ['refuse', `$(POD_IP):${appPort}`] };
const exclude = 'traffic.sidecar.istio.io/excludeInboundPorts';

for (const mode of ['loadbalancer', 'ingress']) {
  test(`${mode}: a sidecar refuses plain callers: forward passes it, and with the port excluded it answers`, async (t) => {
    const names = await skyCluster(t);
    const { namespace } = names;
    // A stand-in for Istio's sidecar under mTLS: it has the port at the Pod's address, where Istio's rules lead callers, and
    // the app has it at 127.0.0.1, from where the sidecar calls it.
    await restartHead(names, [String(appPort), '127.0.0.1'], { sidecar: meshed });
    await pasted(`kubectl skyports expose train ${appPort} -n ${namespace} --mode ${mode} --wait=60s`);
    const url = await urlOf(names, `--mode ${mode}`);
    if (mode === 'ingress') await until('the rule is loaded', async () => (await call({ url })).status === 502);
    else t.true(await isSilent(url));
    const found = await untilDiagnosed(namespace, 'mesh-admits-callers', '--probe');
    t.is(found.rootCauses[0], 'mesh-admits-callers');
    t.regex(
      found.message,
      mode === 'ingress'
        ? /the sidecar istio-proxy takes the connections of Pod \S+-head, and a call of http\S+ \(port 8888\) is answered with 502 by ingress-nginx itself, as it does if the mesh requires mTLS of its callers/
        : /the sidecar istio-proxy takes the connections of Pod \S+-head, and a call of http\S+ \(port 8888\) is (?:closed without an answer|reset), as it does if the mesh requires mTLS of its callers/,
    );
    const [forward] = /^kubectl skyports forward train 8888 -n \S+$/m.exec(found.note) ?? [];
    t.truthy(forward, found.note);
    await forwarded(t, forward!.replace(' 8888 ', ' 18888:8888 '));
    const [, ports] = new RegExp(`${exclude.replaceAll('.', '\\.')}: "([\\d,]+)"`).exec(found.note) ?? [];
    t.is(ports, String(appPort), found.note);
    // As Istio does for an excluded port: callers reach the app itself.
    const annotations = { [exclude]: ports! };
    await restartHead(names, [String(appPort)], { annotations, sidecar: { ...meshed, args: ['refuse', ':15006'] } });
    await answers(t, names, url, 'mesh-admits-callers');
  });
}

if (isOurNode)
  test('two heads on the network of one node: callers reach the other app, and another port answers', async (t) => {
    const train = await skyCluster(t);
    const serve = skyNames(train.namespace, 'serve');
    // The app that finds its port taken tries again, as a task's Pod stays when its command failed.
    await restartHead(train, [String(appPort)], { hostNetwork: true });
    // A later second, so that it is known which one came second.
    await new Promise((next) => setTimeout(next, 1500));
    await restartHead(serve, [String(appPort)], { hostNetwork: true });
    for (const each of [train, serve]) await expose(each);
    const url = await urlOf(serve);
    await untilReached(url);
    t.is((await reached(url))?.pod, `${train.nameOnCloud}-head`, 'callers of one reach the app of the other');
    const found = await untilDiagnosed(train.namespace, 'host-network-ports', '--probe');
    t.is(found.rootCauses[0], 'host-network-ports');
    t.regex(
      found.message,
      /Pod train-\S+-head \(train\) and Pod serve-\S+-head \(serve\) share node node1 \(hostNetwork\), and both use its port 8888: only one app can listen there, and that of serve, which started later, may not answer/,
    );
    t.regex(found.command!, /^kubectl skyports expose serve PORT -n \S+$/);
    await restartHead(serve, ['8889'], { hostNetwork: true });
    await pasted(`${found.command!.replace('PORT', '8889')} --mode loadbalancer --wait=60s`);
    const other = await urlOf(serve, '--mode loadbalancer --port 8889');
    await untilReached(other);
    t.is((await reached(other))?.pod, `${serve.nameOnCloud}-head`);
    await pasted(`kubectl skyports unexpose serve ${appPort} -n ${serve.namespace} -y`);
    const { rootCauses } = await diagnosed(train.namespace, '--probe');
    t.false(rootCauses.includes('host-network-ports'), rootCauses.join());
  });
