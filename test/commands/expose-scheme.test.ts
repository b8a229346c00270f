import test from 'ava';
import { addedLoadBalancers, allPlatforms } from '../../src/platforms/all-platforms.ts';
import { platformIds } from '../../src/platforms/ids.ts';
import { findPrograms } from '../cluster/binaries.ts';
import { clusterVariable } from '../cluster/cluster-description.ts';
import { type RunningCluster, startCluster } from '../cluster/start.ts';
import { admin, cluster, create, type Json, newUser, until } from '../helpers/cluster.ts';
import { type RunOptions, skyports } from '../helpers/run-skyports.ts';
import { withSkyCluster } from '../helpers/world.ts';

/**
 * What a platform is told by belongs to a whole cluster: an API server of this file's own, one test after the other. What is
 * decided without one is in test/load-balancers.
 */
let running: RunningCluster;
test.before(async () => {
  running = await startCluster(await findPrograms());
  process.env[clusterVariable] = running.descriptionFile;
});
test.after.always(() => running?.stop());

async function withNode(providerID: string | undefined, labels: object = {}): Promise<() => Promise<unknown>> {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'gpu-1', labels }, spec: { providerID } };
  await create(node);
  return () => admin('DELETE', '/api/v1/nodes/gpu-1');
}

/** A custom resource of the cluster: its group is then served. */
async function withGroup(
  group: string,
  { plural = 'things', kind = 'Thing', version = 'v1' } = {},
): Promise<() => Promise<unknown>> {
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  await admin('POST', crds, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      annotations: { 'api-approved.kubernetes.io': 'unapproved, a test' },
    },
    spec: {
      group,
      scope: 'Cluster',
      names: { plural, kind, singular: kind.toLowerCase() },
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  });
  const isServed = async () => (await admin('GET', '/apis')).groups.some(({ name }: Json) => name === group);
  await until(`${group} is served`, isServed);
  await until(`${plural} are served`, () => admin('GET', `/apis/${group}/${version}/${plural}`).catch(() => undefined));
  return async () => {
    await admin('DELETE', `${crds}/${plural}.${group}`);
    await until(`${group} is gone`, async () => !(await isServed()));
  };
}

/** The AWS Load Balancer Controller, by its Pod as its Helm chart labels it, and the API group that it leaves behind. */
async function withAwsController(): Promise<() => Promise<unknown>> {
  const removeGroup = await withGroup('elbv2.k8s.aws');
  const labels = { 'app.kubernetes.io/name': 'aws-load-balancer-controller' };
  const metadata = { name: 'aws-load-balancer-controller-0', namespace: 'kube-system', labels };
  const spec = { containers: [{ name: 'controller', image: 'example.invalid/controller' }] };
  await create({ apiVersion: 'v1', kind: 'Pod', metadata, spec });
  return async () => {
    await admin('DELETE', `/api/v1/namespaces/kube-system/pods/${metadata.name}?gracePeriodSeconds=0`);
    await removeGroup();
  };
}

/** Cilium's pools, as it serves them: v2 since 1.18, v2alpha1 before. */
async function withCiliumPools(version: string, pools: Readonly<Record<string, object>>) {
  const plural = 'ciliumloadbalancerippools';
  const remove = await withGroup('cilium.io', { plural, kind: 'CiliumLoadBalancerIPPool', version });
  for (const [name, spec] of Object.entries(pools)) {
    const apiVersion = `cilium.io/${version}`;
    await admin('POST', `/apis/${apiVersion}/${plural}`, {
      ...{ apiVersion, kind: 'CiliumLoadBalancerIPPool', metadata: { name } },
      spec: { blocks: [{ cidr: '203.0.113.0/24' }], ...spec },
    });
  }
  return remove;
}

/** The words of `expose` that open ports by a load balancer, and wait for nothing. */
function exposing(namespace: string, ...ports: readonly string[]): string[] {
  return ['expose', 'train', ...ports, '-n', namespace, '--mode', 'loadbalancer', '--wait=0'];
}

async function place() {
  const { namespace, nameOnCloud } = await withSkyCluster();
  const path = `/api/v1/namespaces/${namespace}/services/${nameOnCloud}--skyports-lb`;
  return {
    ...{ namespace, nameOnCloud },
    service: (): Promise<Json> => admin('GET', path).catch(() => undefined),
    expose: (args: readonly string[], options: RunOptions = {}) =>
      skyports([...exposing(namespace, '8888'), ...args], options),
  };
}

test('the help knows every platform', (t) => {
  t.deepEqual(
    [...platformIds].sort(),
    [...allPlatforms, ...addedLoadBalancers]
      .map(({ id }) => id)
      .filter((id, at, all) => all.indexOf(id) === at)
      .sort(),
  );
});

test.serial('GKE: internal is an annotation, said with what told it; the same again changes nothing', async (t) => {
  t.teardown(await withNode('gce://acme/us-central1-c/gpu-1'));
  const { service, expose } = await place();
  const { code, stderr } = await expose(['--scheme', 'internal']);
  t.is(code, 0, stderr);
  t.is((await service()).metadata.annotations['networking.gke.io/load-balancer-type'], 'Internal');
  t.regex(
    stderr,
    /^scheme internal: networking\.gke\.io\/load-balancer-type=Internal \(GKE's own cloud controller; it comes with GKE: node gpu-1 has providerID gce:\/\/acme/m,
  );
  const { metadata } = await service();
  const again = await expose(['--scheme', 'internal']);
  t.regex(again.stderr, /nothing to change/);
  t.is((await service()).metadata.resourceVersion, metadata.resourceVersion);
});

test.serial('a load balancer that is there is not switched in place', async (t) => {
  t.teardown(await withNode('gce://acme/us-central1-c/gpu-1'));
  const { service, expose } = await place();
  await expose(['--scheme', 'internal']);
  const before = await service();
  const { code, stderr } = await expose(['--scheme', 'public']);
  t.is(code, 2);
  t.regex(
    stderr,
    /was created with another scheme.*\nthis closes its ports; then expose them again:\n {4}kubectl skyports unexpose train -n \S+ --mode loadbalancer\n/,
  );
  t.deepEqual(await service(), before);
  const other = await place();
  await other.expose([]);
  t.is((await other.expose(['--scheme', 'internal'])).code, 2);
});

test.serial('a Service is whose it is, whoever takes new ones', async (t) => {
  t.teardown(await withNode('aws:///us-east-1a/i-0123'));
  const { service, namespace, expose } = await place();
  t.is((await expose([])).code, 0);
  // AWS's own cloud controller has made its load balancer, which is public; the other was installed later.
  const finalizers = ['service.kubernetes.io/load-balancer-cleanup'];
  const { metadata } = await service();
  const path = `/api/v1/namespaces/${namespace}/services/${metadata.name}`;
  await admin('PUT', path, { ...(await service()), metadata: { ...(await service()).metadata, finalizers } });
  t.teardown(async () =>
    admin('PUT', path, { ...(await service()), metadata: { ...(await service()).metadata, finalizers: [] } }),
  );
  t.teardown(await withAwsController());
  const before = await service();
  const { code, stderr } = await expose(['--scheme', 'internal']);
  t.is(code, 2);
  t.regex(stderr, /was created with another scheme/);
  t.deepEqual(await service(), before);
  const same = await expose(['--scheme', 'public']);
  t.is(same.code, 0, same.stderr);
  t.deepEqual(Object.keys((await service()).metadata.annotations), ['skyports/sky-cluster']);
});

test.serial('what is to be pasted keeps the flags that chose the cluster', async (t) => {
  t.teardown(await withNode('gce://acme/us-central1-c/gpu-1'));
  const { expose } = await place();
  await expose([]);
  const { kubeconfig } = await newUser('default', {});
  const flags = ['--kubeconfig', cluster().adminKubeconfig];
  const { stderr } = await expose(['--scheme', 'internal', ...flags], { kubeconfig });
  t.true(stderr.includes(`\n    kubectl skyports unexpose ${flags.join(' ')} train -n `), stderr);
});

test.serial('a dry run shows it, and writes nothing', async (t) => {
  t.teardown(await withNode('azure:///subscriptions/0/x'));
  const { service, expose } = await place();
  const { stdout } = await expose(['--scheme', 'internal', '--dry-run', '-o', 'yaml']);
  t.regex(stdout, /azure-load-balancer-internal: "true"/);
  t.is(await service(), undefined);
});

test.serial(
  'EKS with the AWS Load Balancer Controller: internal unless told otherwise, and that is said',
  async (t) => {
    t.teardown(await withNode('aws:///us-east-1a/i-0123'));
    t.teardown(await withAwsController());
    const { expose } = await place();
    const { code, stderr } = await expose([]);
    t.is(code, 0, stderr);
    t.regex(
      stderr,
      /^note: AWS Load Balancer Controller creates internal load balancers by default \(the API server serves elbv2\.k8s\.aws\)\nadd --scheme public for a public one$/m,
    );
    const other = await place();
    await other.expose(['--scheme', 'public']);
    t.is(
      (await other.service()).metadata.annotations['service.beta.kubernetes.io/aws-load-balancer-scheme'],
      'internet-facing',
    );
    const quiet = await place();
    t.notRegex((await quiet.expose(['--scheme', 'default'])).stderr, /note:|scheme/);
    const inside = await place();
    t.is((await inside.expose(['--scheme', 'internal'])).code, 0);
    const { annotations } = (await inside.service()).metadata;
    t.is(annotations['service.beta.kubernetes.io/aws-load-balancer-scheme'], 'internal');
    t.is(annotations['service.beta.kubernetes.io/aws-load-balancer-internal'], 'true', 'where its webhook is off');
  },
);

test.serial('MetalLB before 0.14.9 is asked by the prefix that it writes', async (t) => {
  t.teardown(await withGroup('metallb.io'));
  const { namespace, service, expose } = await place();
  await create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      ...{ name: 'web', namespace },
      annotations: { 'metallb.universe.tf/ip-allocated-from-pool': 'all' },
    },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
  });
  const { code, stderr } = await expose(['--static-ip', '203.0.113.7']);
  t.is(code, 0, stderr);
  t.is((await service()).metadata.annotations['metallb.universe.tf/loadBalancerIPs'], '203.0.113.7');
});

test.serial('EKS Auto Mode: its class, too; what is not verified is said', async (t) => {
  t.teardown(await withNode('aws:///us-east-1a/i-0123', { 'eks.amazonaws.com/compute-type': 'auto' }));
  const { service, expose } = await place();
  const { stderr } = await expose(['--scheme', 'public']);
  t.is((await service()).spec.loadBalancerClass, 'eks.amazonaws.com/nlb');
  t.regex(stderr, /^not verified of EKS Auto Mode: /m);
});

test.serial('MetalLB has no such notion; beside a cloud one has to be named', async (t) => {
  const removeGroup = await withGroup('metallb.io');
  t.teardown(removeGroup);
  const { service, expose } = await place();
  const none = await expose(['--scheme', 'internal']);
  t.is(none.code, 2);
  t.regex(
    none.stderr,
    /MetalLB makes no difference between internal and public load balancers[;\n].*--address-pool NAME/,
  );
  t.teardown(await withNode('aws:///us-east-1a/i-0123'));
  const two = await expose(['--scheme', 'internal']);
  t.is(two.code, 2);
  t.regex(
    two.stderr,
    /more than one may give the address: MetalLB \(.*\) and AWS's own cloud controller \(.*\)[;\n].*--platform/,
  );
  t.is(await service(), undefined);
  t.is((await expose(['--scheme', 'internal', '--platform', 'eks'])).code, 0);
  t.is((await service()).metadata.annotations['service.beta.kubernetes.io/aws-load-balancer-internal'], 'true');
});

test.serial('where nothing tells the platform, it has to be named; without the right to see nodes, too', async (t) => {
  const { namespace, service, expose } = await place();
  const unknown = await expose(['--scheme', 'internal']);
  t.is(unknown.code, 2);
  t.regex(unknown.stderr, /could not be (told|detected)[;\n].*--platform NAME.*--annotation/s);
  t.teardown(await withNode('gce://acme/us-central1-c/gpu-1'));
  const all = ['pods', 'services', 'ingresses', 'endpointslices'];
  const user = await newUser(namespace, { rules: [{ apiGroups: ['*'], resources: all, verbs: ['*'] }] });
  const blind = await expose(['--scheme', 'internal'], user);
  t.is(blind.code, 4);
  t.regex(blind.stderr, /nodes were not seen \(forbidden.*kubectl auth can-i list nodes -A.*--platform NAME/s);
  t.is(await service(), undefined);
  const named = await expose(['--scheme', 'internal', '--platform', 'hetzner'], user);
  t.is(named.code, 0, named.stderr);
  t.is((await service()).metadata.annotations['load-balancer.hetzner.cloud/disable-public-network'], 'true');
});

test.serial('ServiceLB gives each port of the nodes to one Service: one that is taken is refused', async (t) => {
  t.teardown(await withNode('k3s://gpu-1'));
  const { service, namespace, expose } = await place();
  const holder = await place();
  const traefik = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'traefik', namespace: holder.namespace },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
  };
  await create(traefik);
  const path = `/api/v1/namespaces/${holder.namespace}/services/traefik`;
  const http = exposing(namespace, '80:8888');
  t.is((await skyports([...http, '--dry-run=client'])).code, 0, 'it has no address yet');
  const live = await admin('GET', path);
  await admin('PUT', `${path}/status`, { ...live, status: { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } } });
  const { code, stderr } = await skyports(http);
  t.is(code, 2);
  t.regex(
    stderr,
    /port 80 of the nodes is taken by Service \S+\/traefik: ServiceLB of K3s and RKE2 gives each port to one Service\nthis opens the app at port 81 instead:\n {4}kubectl skyports expose train 81:8888 -n \S+\nor add --mode ingress; add --force to open it anyway\n$/,
  );
  t.is(await service(), undefined);
  t.is((await expose([])).code, 0, 'another port is free');
  t.is((await skyports([...http, '--force'])).code, 0);
  t.is((await skyports(http)).code, 0, 'a port that it has is its own');
});

test.serial(
  'the port of another pool of nodes is free, whether the pool is named now or stands on the Service',
  async (t) => {
    t.teardown(await withNode('k3s://gpu-1'));
    const { namespace, expose } = await place();
    const holder = await place();
    const pool = 'svccontroller.k3s.cattle.io/lbpool';
    const metadata = { name: 'traefik', namespace: holder.namespace, labels: { [pool]: 'web' } };
    await create({
      ...{ apiVersion: 'v1', kind: 'Service', metadata },
      spec: { type: 'LoadBalancer', ports: [{ port: 8080 }] },
    });
    const path = `/api/v1/namespaces/${holder.namespace}/services/traefik`;
    const live = await admin('GET', path);
    await admin('PUT', `${path}/status`, { ...live, status: { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } } });
    const more = [...exposing(namespace, '8080:8888'), '--dry-run'];
    t.is((await skyports(more)).code, 0, 'of another pool');
    t.is((await skyports([...more, '--label', `${pool}=web`])).code, 2);
    t.is((await expose(['--label', `${pool}=web`])).code, 0);
    t.is((await skyports(more)).code, 2, 'the Service stands in that pool');
    t.is((await skyports([...more, '--label', `${pool}-`])).code, 0);
  },
);

test.serial('GKE is asked for an address by the field, AKS by an annotation, others not at all', async (t) => {
  t.teardown(await withNode('gce://acme/us-central1-c/gpu-1'));
  const { service, expose } = await place();
  const gke = await expose(['--static-ip', '203.0.113.7', '--external-traffic-policy', 'Local']);
  t.is(gke.code, 0, gke.stderr);
  const { spec } = await service();
  t.is(spec.loadBalancerIP, '203.0.113.7');
  t.is(spec.externalTrafficPolicy, 'Local');
  t.regex(gke.stderr, /^static IP 203\.0\.113\.7: spec\.loadBalancerIP \(GKE's own cloud controller; /m);
  const other = await place();
  await other.expose(['--static-ip', '203.0.113.7', '--platform', 'aks']);
  t.is(
    (await other.service()).metadata.annotations['service.beta.kubernetes.io/azure-load-balancer-ipv4'],
    '203.0.113.7',
  );
  const third = await place();
  const none = await third.expose(['--static-ip', '203.0.113.7', '--platform', 'digitalocean']);
  t.is(none.code, 2);
  t.regex(none.stderr, /--static-ip is not supported for DigitalOcean's own cloud controller\nadd its annotation/);
  const kept = await expose(['--external-traffic-policy', 'Cluster']);
  t.is(kept.code, 0, kept.stderr);
  t.is((await service()).spec.externalTrafficPolicy, 'Cluster');
  t.is((await service()).spec.loadBalancerIP, '203.0.113.7');
});

test.serial('MetalLB: a pool by its name, no nodePorts at the creation alone', async (t) => {
  t.teardown(await withGroup('metallb.io'));
  const { service, expose } = await place();
  const made = await expose(['--address-pool', 'gpu', '--no-node-ports', '--static-ip', '203.0.113.9']);
  t.is(made.code, 0, made.stderr);
  const { metadata, spec } = await service();
  t.is(metadata.annotations['metallb.io/address-pool'], 'gpu');
  t.is(metadata.annotations['metallb.io/loadBalancerIPs'], '203.0.113.9');
  t.is(spec.allocateLoadBalancerNodePorts, false);
  t.is(spec.ports[0].nodePort, undefined);
  const again = await expose(['--no-node-ports', '--address-pool', 'gpu']);
  t.regex(again.stderr, /nothing to change/);
  const other = await place();
  await other.expose([]);
  const late = await other.expose(['--no-node-ports']);
  t.is(late.code, 2);
  t.regex(late.stderr, /has nodePorts, and Kubernetes does not remove them\n.*\n {4}kubectl skyports unexpose train/);
});

for (const version of ['v2', 'v2alpha1']) {
  test.serial(`Cilium ${version}: a pool is chosen by the labels that it selects`, async (t) => {
    const blue = { serviceSelector: { matchLabels: { color: 'blue' } } };
    const pools = { blue, any: {}, off: { disabled: true } };
    t.teardown(await withCiliumPools(version, pools));
    const { service, expose, namespace } = await place();
    const { code, stderr } = await expose(['--address-pool', 'blue']);
    t.is(code, 0, stderr);
    t.is((await service()).metadata.labels.color, 'blue');
    t.regex(
      stderr,
      /^address pool blue: label color=blue; pool any may give the address, too \(Cilium LB IPAM; CiliumLoadBalancerIPPool \w+ exists\)$/m,
    );
    const again = await expose(['--address-pool', 'blue']);
    t.regex(again.stderr, /nothing to change/);
    t.regex(
      (await expose(['--address-pool', 'any'])).stderr,
      /^address pool any: nothing to write, the pool already selects this Service/m,
    );
    for (const [pool, says] of [
      ['blu', /--address-pool blu: there is no such CiliumLoadBalancerIPPool\ndid you mean --address-pool blue\?/],
      ['off', /--address-pool off: that pool is disabled, and gives no addresses/],
    ] as const) {
      const refused = await expose(['--address-pool', pool]);
      t.is(refused.code, 2);
      t.regex(refused.stderr, says);
    }
    const twice = await expose(['--address-pool', 'blue', '--label', 'color=red']);
    t.is(twice.code, 2);
    t.regex(twice.stderr, /--address-pool and --label both set color/);
    const printed = await expose(['--address-pool', 'blue', '--print-sky-config', '--dry-run=client']);
    t.regex(printed.stdout, /custom_metadata:\n {4}labels:\n {6}color: blue\n/);
    t.regex(printed.stderr, /SkyPilot puts these labels on every object/);
    const { stdout } = await skyports(['doctor', 'train', '-n', namespace, '-o', 'json']);
    const { checks } = JSON.parse(stdout);
    t.is(checks.find(({ id }: Json) => id === 'load-balancer-implementation').outcome, 'pass');
  });
}

test.serial(
  'Cilium: a pool for other namespaces cannot be had by labels; who may not see pools is told so',
  async (t) => {
    const elsewhere = { serviceSelector: { matchLabels: { 'io.kubernetes.service.namespace': 'elsewhere' } } };
    t.teardown(await withCiliumPools('v2', { elsewhere }));
    const { service, expose, namespace } = await place();
    const { code, stderr } = await expose(['--address-pool', 'elsewhere']);
    t.is(code, 2);
    t.regex(
      stderr,
      /that pool takes only Services with io\.kubernetes\.service\.namespace=elsewhere, which no label can give Service/,
    );
    const all = ['pods', 'services', 'ingresses', 'endpointslices'];
    const user = await newUser(namespace, { rules: [{ apiGroups: ['*'], resources: all, verbs: ['*'] }] });
    const blind = await expose(['--address-pool', 'elsewhere', '--platform', 'cilium'], user);
    t.is(blind.code, 4);
    t.regex(
      blind.stderr,
      /the labels that the pool requires are unknown\n.*\n.*ciliumloadbalancerippools.*\nor label the Service by hand/,
    );
    t.is(await service(), undefined);
  },
);

test.serial('a Service that no pool of Cilium takes: doctor says which labels, and its cure gives them', async (t) => {
  t.teardown(await withCiliumPools('v2alpha1', { blue: { serviceSelector: { matchLabels: { color: 'blue' } } } }));
  const { service, expose, namespace } = await place();
  await expose([]);
  const path = `/api/v1/namespaces/${namespace}/services/${(await service()).metadata.name}/status`;
  const condition = {
    ...{ type: 'cilium.io/IPAMRequestSatisfied', status: 'False', reason: 'no_pool' },
    message: 'There are no enabled CiliumLoadBalancerIPPools that match this service',
    lastTransitionTime: '2026-11-27T00:00:00Z',
  };
  const live = await service();
  await admin('PUT', path, { ...live, status: { ...live.status, conditions: [condition] } });
  const { stdout } = await skyports(['doctor', 'train', '-n', namespace, '-o', 'json']);
  const { checks } = JSON.parse(stdout);
  const [finding] = checks.find(({ id }: Json) => id === 'load-balancer-address').findings;
  t.regex(finding.message, /no pool of Cilium takes this Service; pool blue takes only Services with color=blue/);
  t.is(
    finding.cures[0].command,
    `kubectl skyports expose train 8888 -n ${namespace} --mode loadbalancer --address-pool blue`,
  );
  const fixed = await skyports([...finding.cures[0].command.split(' ').slice(2), '--wait=0']);
  t.is(fixed.code, 0, fixed.stderr);
  t.is((await service()).metadata.labels.color, 'blue');
});

test.serial('kube-vip: the pool is the namespace’s, and another is refused with what can be done', async (t) => {
  const { service, expose, namespace } = await place();
  const kubeVip = ['--platform', 'kube-vip', '--address-pool'];
  const none = await expose([...kubeVip, 'global']);
  t.is(none.code, 2);
  t.regex(none.stderr, /ConfigMap kube-system\/kubevip with the pools of kube-vip does not exist/);
  const data = { 'cidr-global': '192.0.2.0/28', [`cidr-${namespace}`]: '192.0.2.16/29' };
  await create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kubevip', namespace: 'kube-system' }, data });
  t.teardown(() => admin('DELETE', '/api/v1/namespaces/kube-system/configmaps/kubevip'));
  const other = await expose([...kubeVip, 'global']);
  t.is(other.code, 2);
  t.regex(
    other.stderr,
    /kube-vip chooses the pool by the namespace, and Services of \S+ get addresses of pool \S+, 192\.0\.2\.16\/29\nadd --static-ip IP to ask for one of 192\.0\.2\.0\/28/,
  );
  const unknown = await expose([...kubeVip, 'gold']);
  t.is(unknown.code, 2);
  t.regex(unknown.stderr, /--address-pool gold: there is no such pool of kube-vip\n--address-pool takes one of /);
  t.is(await service(), undefined);
  const own = await expose([...kubeVip, namespace]);
  t.is(own.code, 0, own.stderr);
  t.regex(own.stderr, /: nothing to write, it is the pool of this namespace, 192\.0\.2\.16\/29 \(kube-vip;/);
});

test.serial('one probe for all ports: AWS gets the port first, once, and it is said', async (t) => {
  t.teardown(await withNode('aws:///us-east-1a/i-0123'));
  const { service, namespace } = await place();
  const aws = exposing(namespace, '9000', '80:8888');
  const made = await skyports(aws);
  t.is(made.code, 0, made.stderr);
  const ports = async (of: typeof service) => (await of()).spec.ports.map(({ port }: Json) => port);
  t.deepEqual(await ports(service), [9000, 80]);
  t.regex(
    made.stderr,
    /^the health of all ports depends on port 9000: AWS's own cloud controller probes one port for all; --health-check PORT chooses another$/m,
  );
  const again = await skyports(aws);
  t.regex(again.stderr, /nothing to change/);
  t.notRegex(again.stderr, /depends on/);
  const late = await skyports([...aws, '--health-check', '80']);
  t.is(late.code, 2);
  t.regex(late.stderr, /probes the first port of a Service, and the order of the ports cannot be changed later/);
  const other = await place();
  const chosen = exposing(other.namespace, '9000', '80:8888');
  await skyports([...chosen, '--health-check', '80', '--dry-run=server']);
  t.is(await other.service(), undefined);
  await skyports([...chosen, '--health-check', '80']);
  t.deepEqual(await ports(other.service), [80, 9000]);
  const wrong = await other.expose(['--health-check', '9999']);
  t.is(wrong.code, 2);
  t.regex(wrong.stderr, /--health-check 9999: that port is not open\n--health-check takes one of /);
});

test.serial('DigitalOcean probes the nodes; a port that is asked for overrides that', async (t) => {
  t.teardown(await withNode('digitalocean://123'));
  const prefix = 'service.beta.kubernetes.io/do-loadbalancer';
  const { service, expose, namespace } = await place();
  const both = exposing(namespace, '9000', '8888');
  const made = await skyports(both);
  t.is(made.code, 0, made.stderr);
  t.notRegex(made.stderr, /depends on/);
  t.deepEqual(Object.keys((await service()).metadata.annotations), ['skyports/sky-cluster']);
  const asked = await expose(['--health-check', '8888']);
  t.is(asked.code, 0, asked.stderr);
  const { annotations } = (await service()).metadata;
  t.is(annotations[`${prefix}-healthcheck-port`], '8888');
  t.is(annotations[`${prefix}-override-health-check`], 'true');
  t.regex(
    asked.stderr,
    /^the health of all ports depends on port 8888: .*-healthcheck-port=8888 \(DigitalOcean's own/m,
  );
});

test.serial('AKS: the probes of all other ports are led to the one that is asked for', async (t) => {
  t.teardown(await withNode('azure:///subscriptions/0/x'));
  const { service, namespace } = await place();
  const three = exposing(namespace, '9000-9001', '8888');
  const { code, stderr } = await skyports([...three, '--health-check', '8888']);
  t.is(code, 0, stderr);
  const { annotations } = (await service()).metadata;
  t.is(annotations['service.beta.kubernetes.io/port_9000_health-probe_port'], '8888');
  t.is(annotations['service.beta.kubernetes.io/port_9001_health-probe_port'], '8888');
  t.false('service.beta.kubernetes.io/port_8888_health-probe_port' in annotations);
  t.is((await skyports([...three, '--health-check', '9000'])).code, 0);
  const then = (await service()).metadata.annotations;
  const pins = Object.entries(then).filter(([key]) => key.includes('health-probe_port'));
  t.deepEqual(Object.fromEntries(pins), {
    'service.beta.kubernetes.io/port_8888_health-probe_port': '9000',
    'service.beta.kubernetes.io/port_9001_health-probe_port': '9000',
  });
  const closed = await skyports(['unexpose', 'train', '9000', '-n', namespace, '--mode', 'loadbalancer', '-y']);
  t.is(closed.code, 0, closed.stderr);
  const left = await service();
  t.deepEqual(
    left.spec.ports.map(({ port }: Json) => port),
    [8888, 9001],
  );
  t.false(Object.keys(left.metadata.annotations).some((key) => key.includes('health-probe_port')));
});

test.serial('--probe=pod is refused where what is seen would change nothing; nothing is called', async (t) => {
  const removeNode = await withNode('gce://acme/us-central1-c/gpu-1');
  const { service, expose, namespace } = await place();
  const gke = await expose(['--probe=pod'], { mayProbe: true });
  t.is(gke.code, 2);
  t.regex(gke.stderr, /--probe=pod: with GKE's own cloud controller no single probe decides for all ports/);
  t.is(await service(), undefined);
  await removeNode();
  t.teardown(await withNode('aws:///us-east-1a/i-0123'));
  await expose([]);
  const late = await expose(['--probe=pod'], { mayProbe: true });
  t.is(late.code, 2);
  t.regex(
    late.stderr,
    /already exists, and the order of its ports cannot be changed\n.*\n {4}kubectl skyports unexpose train -n \S+ --mode/,
  );
  await admin('PATCH', `/api/v1/namespaces/${namespace}/services/${(await service()).metadata.name}`, {
    metadata: { annotations: { 'service.beta.kubernetes.io/aws-load-balancer-type': 'nlb' } },
  });
  const network = await expose(['--health-check', '8888']);
  t.is(network.code, 2);
  t.regex(network.stderr, /AWS's own cloud controller: no single probe decides for all ports/);
});

test.serial('AKS: a port that is probed by HTTP is told, and the cure makes the probe plain', async (t) => {
  t.teardown(await withNode('azure:///subscriptions/0/x'));
  const { service, namespace, expose } = await place();
  await expose([]);
  const path = `/api/v1/namespaces/${namespace}/services/${(await service()).metadata.name}`;
  const status = { loadBalancer: { ingress: [{ ip: '203.0.113.80' }] } };
  await admin('PUT', `${path}/status`, { ...(await admin('GET', path)), status });
  const judged = async () => {
    const { stdout } = await skyports(['doctor', 'train', '-n', namespace, '-o', 'json']);
    return JSON.parse(stdout).checks.find(({ id }: Json) => id === 'load-balancer-health-check');
  };
  t.is((await judged()).outcome, 'pass');
  const live = await admin('GET', path);
  live.spec.ports[0].appProtocol = 'http';
  await admin('PUT', path, live);
  const { outcome, findings } = await judged();
  t.is(outcome, 'fail');
  t.regex(findings[0].message, /AKS's own cloud controller probes port 8888 of Service \S+ by HTTP/);
  const words = findings[0].cures[0].command.split(' ').slice(2);
  t.is((await skyports([...words, '--wait=0'])).code, 0);
  t.is((await judged()).outcome, 'pass');
});

test.serial('a probe that annotations lead to a port by hand is reported there', async (t) => {
  const { namespace } = await place();
  t.teardown(await withNode('digitalocean://1'));
  const prefix = 'service.beta.kubernetes.io/do-loadbalancer-';
  const { code, stdout, stderr } = await skyports([
    ...[...exposing(namespace, '8081', '8080'), '--dry-run', '-o', 'yaml'],
    ...['--annotation', `${prefix}override-health-check=true`, '--annotation', `${prefix}healthcheck-port=8080`],
  ]);
  t.is(code, 0, stderr);
  t.regex(
    stderr,
    /^the health of all ports depends on port 8080: annotations lead DigitalOcean's own cloud controller there$/m,
  );
  t.true(stdout.indexOf('port: 8080') < stdout.indexOf('port: 8081'));
});

test.serial('--print-sky-config and config scheme say the same, for the platform that is found', async (t) => {
  t.teardown(await withNode('azure:///subscriptions/0/x'));
  const { service, expose } = await place();
  const { code, stdout, stderr } = await expose(['--scheme', 'internal', '--print-sky-config']);
  t.is(code, 0, stderr);
  const block = `kubernetes:
  ports: loadbalancer
  custom_metadata:
    annotations:
      service.beta.kubernetes.io/azure-load-balancer-internal: "true"
`;
  t.is(stdout, block);
  t.regex(stderr, /SkyPilot puts these annotations on every object that it creates: Pods, Services/);
  t.is(await service(), undefined);
  const as = ['--as=root', '--as-group=system:masters'];
  const here = await expose(['--scheme', 'internal', '--print-sky-config', ...as]);
  t.regex(here.stderr, /^ {4}kubectl skyports config --as root --as-group system:masters set-ports loadbalancer$/m);
  const written = await skyports(['config', 'scheme', 'internal', '--dry-run']);
  t.regex(written.stdout, /^\+ {6}service\.beta\.kubernetes\.io\/azure-load-balancer-internal: "true"$/m);
  t.regex(written.stderr, /^AKS's own cloud controller \(it comes with AKS: node gpu-1 has providerID azure/m);
  t.is((await expose(['--mode', 'nodeport', '--print-sky-config'])).code, 2);
});

test.serial('what is printed for SkyPilot depends on no Service that is there', async (t) => {
  t.teardown(await withNode('k3s://gpu-1'));
  const { namespace, nameOnCloud, expose } = await place();
  await create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `${nameOnCloud}--skypilot-lb`, namespace, labels: { parent: 'skypilot' } },
    spec: {
      type: 'LoadBalancer',
      selector: { 'skypilot-cluster-name': nameOnCloud },
      ports: [{ name: 'a', port: 8888, targetPort: 8888 }],
    },
  });
  const path = `/api/v1/namespaces/${namespace}/services/${nameOnCloud}--skypilot-lb/status`;
  const live = await admin('GET', path.slice(0, -7));
  await admin('PUT', path, { ...live, status: { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } } });
  const taken = await expose(['--print-sky-config']);
  t.is(taken.code, 0, taken.stderr);
  t.is((await expose(['--beside-skypilot', '--force', '--wait=0'])).code, 0, 'a Service of ours without a class');
  const { code, stdout, stderr } = await expose(['--load-balancer-class', 'example.com/lb', '--print-sky-config']);
  t.is(code, 0, stderr);
  t.is(stdout, 'kubernetes:\n  ports: loadbalancer\n');
  t.regex(stderr, /SkyPilot sets no loadBalancerClass/);
});

test.serial("a pool of Cilium's is asked for by what SkyPilot's own Services lack", async (t) => {
  const pool = { serviceSelector: { matchLabels: { parent: 'skypilot', team: 'a' } } };
  t.teardown(await withCiliumPools('v2', { sky: pool }));
  const { expose } = await place();
  const { code, stdout, stderr } = await expose(['--address-pool', 'sky', '--print-sky-config']);
  t.is(code, 0, stderr);
  t.regex(stdout, /labels:\n {6}team: a\n/);
  t.notRegex(stdout, /parent/);
  t.regex((await expose(['--address-pool', 'sky', '--dry-run', '-o', 'yaml'])).stdout, /parent: skypilot/);
});

test.serial('what SkyPilot cannot be told is refused or said: a class, and fields of the Service', async (t) => {
  const { expose } = await place();
  const print = ['--print-sky-config'];
  const auto = await expose(['--scheme', 'public', '--platform', 'eks-auto-mode', ...print]);
  t.is(auto.code, 2);
  t.regex(
    auto.stderr,
    /EKS Auto Mode: it needs a loadBalancerClass, which SkyPilot does not set\n.*kubectl skyports expose/s,
  );
  t.is(auto.stdout, '');
  const flags = ['--source-range', '198.51.100.0/24', '--external-traffic-policy', 'Local'];
  const { code, stdout, stderr } = await expose([...flags, ...print]);
  t.is(code, 0, stderr);
  t.regex(stderr, /SkyPilot's configuration has no setting for --source-range, --external-traffic-policy/);
  t.is(stdout, 'kubernetes:\n  ports: loadbalancer\n');
});

/** One SkyPilot cluster for all that is refused. */
let refusing: Awaited<ReturnType<typeof place>> | undefined;

for (const [args, says] of [
  [['--scheme', 'private'], /"private" is not a valid value of --scheme, which takes internal, public, default/],
  [['--scheme', 'internal', '--platform', 'metallb'], /MetalLB makes no difference between internal and public/],
  [['--scheme', 'internal', '--platform', 'kind'], /kind gives Services no addresses\n.*cloud-provider-kind/s],
  [
    ['--scheme', 'internal', '--platform', 'gkee'],
    /--platform gkee is not a known platform\ndid you mean --platform gke\?/,
  ],
  [['--platform', 'gke'], /--platform only has an effect with --scheme, --address-pool, .*\nadd one/],
  [['--static-ip', '203.0.113'], /--static-ip 203\.0\.113 is not a valid IP address/],
  [['--health-check', 'x'], /--health-check x is not a valid port\nwrite a Service port, or none/],
  [['--probe'], /--probe= is not a probe that expose knows\n--probe takes pod or false here/],
  [['--probe=pod', '--health-check', '8888'], /--health-check and --probe=pod both choose the port that is probed/],
  [['--probe=pod', '--mode', 'ingress'], /--probe belongs to loadbalancer mode/],
  [['--address-pool='], /--address-pool names no pool/],
  [
    ['--external-traffic-policy', 'local'],
    /"local" is not a valid value of --external-traffic-policy, which takes Cluster, Local\ndid you mean "Local"\?/,
  ],
  [['--static-ip', '203.0.113.7', '--mode', 'nodeport'], /--static-ip belongs to loadbalancer mode/],
  [['--scheme', 'internal', '--mode', 'ingress'], /--scheme belongs to loadbalancer mode/],
  [
    ['--scheme', 'internal', '--platform', 'gke', '--annotation', 'networking.gke.io/load-balancer-type=External'],
    /--scheme internal and --annotation both set networking\.gke\.io\/load-balancer-type/,
  ],
  [
    ['--scheme', 'internal', '--platform', 'eks-auto-mode', '--load-balancer-class', 'example.com/lb'],
    /--scheme internal and --load-balancer-class example\.com\/lb contradict each other: it needs class eks\.amazonaws\.com\/nlb/,
  ],
  [
    ['--scheme', 'public', '--platform', 'gke', '--load-balancer-class', 'networking.gke.io/l4-regional-internal'],
    /contradict each other: that class is internal\nleave out one of them/,
  ],
  [
    ['--health-check', '8888', '--external-traffic-policy', 'Local', '--platform', 'aks'],
    /--health-check: with externalTrafficPolicy Local, health checks go to the nodes/,
  ],
] as const) {
  test.serial(`expose ${args.join(' ')}: refused, nothing written`, async (t) => {
    refusing ??= await place();
    const { service, expose } = refusing;
    // None of them gets so far as to call anything.
    const { code, stdout, stderr } = await expose(args, { mayProbe: true });
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, says);
    t.is(await service(), undefined);
  });
}
