import test from 'ava';
import { diagnose, diagnosisOfScenario, scenarioNamed } from '../helpers/scenario.ts';

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
      'kubectl get pods -A -l app.kubernetes.io/name=ingress-nginx,app.kubernetes.io/component=controller',
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
      'kubectl get ingressclass',
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
  ['ingress-not-served-unknown-class', 'ingress-served', 'which is not known here, and nothing shows that it runs'],
] as const;
for (const [name, id, part] of words) {
  test(`${name}: ${part}`, async (t) => {
    const { diagnosis } = await diagnosisOfScenario(scenarioNamed(name));
    const { findings } = diagnosis.checks.find((check) => check.id === id)!;
    t.true(findings[0]!.message.includes(part), findings[0]!.message);
  });
}

test('a Traefik before 3.6.2 is to be updated first', async (t) => {
  const { diagnosis } = await diagnosisOfScenario(scenarioNamed('preflight-ingress-k3s-too-old'));
  const { cures } = diagnosis.checks.find((check) => check.id === 'ingress-class-exists')!.findings[0]!;
  t.regex(cures.map(({ note }) => note).join('\n'), /^update Traefik first: 2\.11\.8 /m);
});

test('beside an error the steps to Traefik are left out of the table; -o wide and JSON have them', async (t) => {
  const name = 'ingress-not-served-although-published';
  const { diagnosis } = await diagnosisOfScenario(scenarioNamed(name));
  const { cures } = diagnosis.checks.find((check) => check.id === 'ingress-nginx-retired')!.findings[0]!;
  t.is(cures.filter(({ command }) => command !== null).length, 2);
  const [table, wide, healthy] = await Promise.all([
    diagnose(scenarioNamed(name)),
    diagnose(scenarioNamed(name), '-o', 'wide'),
    diagnose(scenarioNamed('healthy-ingress')),
  ]);
  t.notRegex(table.stdout, /helm upgrade/);
  t.regex(table.stdout, /-o wide shows the commands/);
  t.regex(wide.stdout, /helm upgrade/);
  t.regex(healthy.stdout, /helm upgrade/);
});
