import test from 'ava';
import { dumpOf, snapshotFromDump } from '../../src/snapshot/dump.ts';
import { diagnose, diagnosisOfScenario, dumpNamed, scenarioNamed } from '../helpers/scenario.ts';
import { platformClusters } from '../platforms/clusters.ts';

const traefikClass =
  '{"apiVersion":"networking.k8s.io/v1","kind":"IngressClass","metadata":{"name":"traefik-nginx"},"spec":{"controller":"k8s.io/ingress-nginx"}}';
const makesClass = `echo '${traefikClass}' | kubectl create -f -`;
const chart =
  'helm upgrade --install traefik traefik --repo https://traefik.github.io/charts --namespace traefik --create-namespace --set ';
const provider = 'providers.kubernetesIngressNGINX';
const withClass = ` --set-json 'extraObjects=[${traefikClass}]'`;
const config = (name: string, flags: string) =>
  `echo '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"helm.cattle.io/v1","kind":"HelmChartConfig","metadata":{"name":"${name}","namespace":"kube-system"},"spec":{"valuesContent":"additionalArguments: [${flags}]"}},${traefikClass}]}' | kubectl create -f -`;
const signpost = (address: string) => `kubectl skyports annotate --signpost ${address} --ingress-class traefik-nginx`;
const otherMode = 'kubectl skyports doctor --mode loadbalancer';

/** Scenario, check, and the commands it offers, in this order. */
const commands: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'preflight-ingress-k3s',
    'ingress-class-exists',
    [
      config(
        'traefik',
        '--providers.kubernetesingressnginx, --providers.kubernetesingressnginx.publishservice=kube-system/traefik',
      ),
      signpost('10.0.0.11'),
      otherMode,
    ],
  ],
  [
    'preflight-ingress-rke2-traefik',
    'ingress-class-exists',
    [config('rke2-traefik', '--providers.kubernetesingressnginx'), signpost('203.0.113.11'), otherMode],
  ],
  ['preflight-ingress-rke2', 'ingress-class-exists', ['kubectl skyports doctor --mode ingress', otherMode]],
  [
    'preflight-ingress-kind',
    'ingress-class-exists',
    [
      `${chart}${provider}.enabled=true,ingressClass.isDefaultClass=false,service.spec.type=ClusterIP,ports.web.hostPort=80,ports.websecure.hostPort=443${withClass}`,
      signpost('ADDRESS'),
      otherMode,
    ],
  ],
  [
    'preflight-ingress-microk8s',
    'ingress-class-owned',
    [makesClass, 'kubectl delete ingressclass nginx --interactive', signpost('203.0.113.11'), otherMode],
  ],
  [
    'preflight-ingress-openshift',
    'ingress-class-exists',
    ['kubectl skyports expose NAME PORT --mode ingress --ingress-class openshift-default --host HOST', otherMode],
  ],
  [
    'controller-uninstalled',
    'ingress-controller-running',
    [
      `${chart}${provider}.enabled=true,${provider}.publishService.enabled=true,ingressClass.isDefaultClass=false`,
      'kubectl skyports annotate --signpost ADDRESS',
    ],
  ],
  [
    'preflight-ingress-no-class',
    'ingress-class-exists',
    [
      `echo '{"apiVersion":"networking.k8s.io/v1","kind":"IngressClass","metadata":{"name":"nginx"},"spec":{"controller":"k8s.io/ingress-nginx"}}' | kubectl create -f -`,
      otherMode,
    ],
  ],
  [
    'healthy-ingress',
    'ingress-nginx-retired',
    [`${chart}${provider}.enabled=true,ingressClass.isDefaultClass=false${withClass}`, signpost('ADDRESS')],
  ],
  [
    'nginx-retired-installed-by-helm',
    'ingress-nginx-retired',
    ['helm uninstall nginx --namespace ingress-nginx', signpost('203.0.113.71')],
  ],
  [
    'ingress-not-served-unknown-class',
    'ingress-served',
    [
      'kubectl describe ingress train-2ea485ef-skypilot-ingress -n default',
      'kubectl skyports expose train 8888 -n default --mode ingress --ingress-class web --beside-skypilot',
      'kubectl skyports expose train 8888 -n default --mode nodeport',
    ],
  ],
];
for (const [name, id, wanted] of commands) {
  test(`${name}: what ${id} offers, in order`, async (t) => {
    const { diagnosis } = await diagnosisOfScenario(scenarioNamed(name));
    const { findings } = diagnosis.checks.find((check) => check.id === id)!;
    t.deepEqual(
      findings[0]!.cures.flatMap(({ command }) => command ?? []),
      [...wanted],
    );
  });
}

/** Scenario, check, a part of what it says. */
const words = [
  ['ingress-class-of-openshift', 'ingress-class-owned', 'it makes no Route for a rule without a host'],
  ['ingress-class-of-haproxy', 'ingress-class-owned', "belongs to HAProxy Technologies' ingress controller"],
  ['ingress-class-of-haproxy-ingress', 'ingress-class-owned', 'belongs to HAProxy Ingress'],
  ['ingress-class-of-f5', 'ingress-class-owned', 'warning event Rejected (2 times, last 5m ago): default/train'],
  ['ingress-class-of-kong', 'ingress-class-owned', 'it takes a path for a regular expression only after /~'],
  ['ingress-not-served-by-alb', 'ingress-class-owned', 'it refuses a path with ( | ) $ in it'],
  ['ingress-not-served-by-gke', 'ingress-served', 'only the annotation kubernetes.io/ingress.class: gce'],
  ['ingress-not-served-although-published', 'ingress-served', 'has had no address for 3h'],
  ['ingress-not-served-other-controller-class', 'ingress-served', 'serves classes of k8s.io/internal-nginx only'],
  ['ingress-not-served-other-namespace', 'ingress-served', 'serves Ingresses of namespace web only'],
  ['ingress-not-served-traefik-told', 'ingress-served', 'Traefik writes the address of Service kube-system/traefik'],
  ['probe-untold-503', 'http-answers', 'the app or its controller answers a call of'],
  [
    'ingress-not-served-unknown-class',
    'ingress-served',
    'which this plugin does not know, and nothing shows that it runs',
  ],
] as const;
for (const [name, id, part] of words) {
  test(`${name}: ${part}`, async (t) => {
    const { diagnosis } = await diagnosisOfScenario(scenarioNamed(name));
    const { findings } = diagnosis.checks.find((check) => check.id === id)!;
    t.true(findings[0]!.message.includes(part), findings[0]!.message);
  });
}

for (const [name, { snapshot, platforms }] of Object.entries(platformClusters)) {
  test(`${name} without a controller: what installs one, or what its own one can do`, async (t) => {
    const base = snapshotFromDump(dumpNamed('one-node'));
    const { nodes, serverVersion, apiGroups, loadBalancerPods, ciliumPools, serviceLbPods } = snapshot.topics;
    const seen = { nodes, serverVersion, apiGroups, loadBalancerPods, ciliumPools, serviceLbPods };
    const topics = { ...base.topics, ...seen, nodes: nodes.observed ? nodes : base.topics.nodes };
    const { context, server } = snapshot;
    const text = JSON.stringify(dumpOf({ ...base, context, ...(server !== undefined && { server }), topics }));
    const { stdout } = await diagnose({ text, arguments: ['--mode', 'ingress'] });
    const ways: Readonly<Record<string, RegExp>> = {
      openshift: /brings its router[\s\S]*--ingress-class openshift-default --host HOST/,
      microk8s: /microk8s enable ingress/,
      rke2: /ingress-controller: traefik/,
    };
    const own = platforms.map((id) => ways[id]).find((way) => way !== undefined);
    t.regex(stdout, own ?? /helm upgrade --install traefik[\s\S]*kubectl skyports annotate --signpost ADDRESS/);
  });
}

test('where load balancers are internal by default, the install has what makes that of Traefik public', async (t) => {
  const base = snapshotFromDump(dumpNamed('one-node'));
  const { nodes, apiGroups } = platformClusters['EKS Auto Mode']!.snapshot.topics;
  const text = JSON.stringify(dumpOf({ ...base, topics: { ...base.topics, nodes, apiGroups } }));
  const { stdout } = await diagnose({ text, arguments: ['--mode', 'ingress'] });
  const said = stdout.replace(/\n +/g, ' ');
  t.true(said.includes("--set-string 'service.spec.loadBalancerClass=eks.amazonaws.com/nlb'"), stdout);
  t.true(
    said.includes(
      String.raw`--set-string 'service.annotations.service\.beta\.kubernetes\.io/aws-load-balancer-scheme=internet-facing'`,
    ),
    stdout,
  );
});

test('a Traefik before 3.6.2 is to be updated first', async (t) => {
  const { diagnosis } = await diagnosisOfScenario(scenarioNamed('preflight-ingress-k3s-too-old'));
  const { cures } = diagnosis.checks.find((check) => check.id === 'ingress-class-exists')!.findings[0]!;
  t.regex(cures.map(({ note }) => note).join('\n'), /^update Traefik first: 2\.11\.8 /m);
});

test('the steps to Traefik are in the table, also beside an error', async (t) => {
  for (const name of ['ingress-not-served-although-published', 'healthy-ingress']) {
    const { stdout } = await diagnose(scenarioNamed(name));
    const steps =
      /\n {6}helm upgrade --install traefik .*\n {2}→ first call a URL at the address of Traefik; then [\s\S]*\n {6}kubectl skyports annotate --signpost ADDRESS --ingress-class traefik-nginx\n/;
    t.regex(stdout, steps);
  }
});
