import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { writeKubeconfig } from '../cluster/kubeconfig.ts';
import { admin, cluster, requestsOf, type User } from '../helpers/cluster.ts';
import { deadServerKubeconfig } from '../helpers/dead-server.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { skyNames, skyPod } from '../helpers/skypilot-objects.ts';
import { make, powerfulUser, withSkyCluster } from '../helpers/world.ts';

interface Case {
  readonly args: readonly string[];
  /** What the one line on stderr must say: the fact, and the cure. */
  readonly says: RegExp;
}

const expose = (...args: string[]) => ['expose', 'train', ...args];

const cases: Readonly<Record<string, Case>> = {
  'unknown command': {
    args: ['endpoits'],
    says: /unknown command "endpoits".*kubectl skyports endpoints/s,
  },
  'unknown command, nothing near': { args: ['frobnicate'], says: /unknown command "frobnicate".*--help/s },
  'unknown flag': {
    args: ['endpoints', '--al-namespaces'],
    says: /unknown flag: --al-namespaces.*--all-namespaces/s,
  },
  'flag of another command': {
    args: ['endpoints', '--dry-run'],
    says: /unknown flag: --dry-run.*expose, unexpose/s,
  },
  'unknown shorthand': { args: ['endpoints', '-Z'], says: /unknown shorthand flag: 'Z' in -Z/ },
  'flag without its value': {
    args: ['endpoints', '--context'],
    says: /flag needs an argument: --context.*--context NAME/s,
  },
  'flag without its value, as this command describes it': {
    args: ['endpoints', '-o'],
    says: /flag needs an argument: -o\n.*\(table, wide, tree .*-o FORMAT/s,
  },
  'flag without one of its two values': {
    args: ['expose', 'train', '8888', '--rewrite'],
    says: /the value is strip or keep \(.*--rewrite strip\n/s,
  },
  'port 0': { args: expose('0'), says: /"0" is not a valid port\nuse a number from 1 to 65535/ },
  'port 65536': { args: expose('65536'), says: /"65536" is not a valid port/ },
  'port 80-70': {
    args: expose('80-70'),
    says: /"80-70" is not a valid port range: 80 is greater than 70\nwrite 70-80/,
  },
  'port 8o80': { args: expose('8o80'), says: /"8o80" is not a valid port/ },
  'port -1': { args: expose('-1'), says: /-1.*number from 1 to 65535/s },
  'empty port': { args: expose(''), says: /an empty word is not a valid port/ },
  'no port': {
    args: expose(),
    says: /expose needs at least one PORT of train\n.*; try:\n {4}kubectl skyports expose train PORT\n.*:\n {4}kubectl skyports expose train --probe=pod\n$/,
  },
  'service port mapped twice': { args: expose('80:1', '80:2'), says: /service port 80 is mapped twice/ },
  'too many ports': { args: expose('1000-2000', '--mode', 'loadbalancer'), says: /1001 ports are more than the 1000/ },
  'too many ports for ingress': {
    args: expose('1000-1100', '--mode', 'ingress'),
    says: /101 ports are more than the 100.*--mode loadbalancer/s,
  },
  'reserved port': {
    args: expose('80:8265'),
    says: /port 8265 is Ray's dashboard: anyone who can reach it can run code.*--allow-reserved/s,
  },
  'mapping in podip mode': { args: expose('80:8888', '--mode', 'podip'), says: /cannot be mapped\nwrite 8888/ },
  'empty SKYCLUSTER': { args: ['endpoints', ''], says: /SKYCLUSTER is empty[;\n].*kubectl skyports endpoints/s },
  'unknown SKYCLUSTER': {
    args: ['endpoints', 'nope'],
    says: /no SkyPilot cluster "nope" in namespace \S+ of context test.*kubectl skyports endpoints -A/s,
  },
  'ambiguous SKYCLUSTER': { args: ['endpoints', 'tra'], says: /"tra" is ambiguous: train-\S+ .*, trainer-/ },
  'a prefix where something would be written': { args: ['expose', 'tra', '8888'], says: /no SkyPilot cluster "tra"/ },
  'unknown mode': {
    args: ['endpoints', '--mode', 'nodport'],
    says: /unknown mode "nodport"\ndid you mean --mode nodeport\?/,
  },
  'unknown mode of expose': {
    args: expose('8888', '--mode', 'LoadBalancer'),
    says: /unknown mode "LoadBalancer"\ndid you mean --mode loadbalancer\?/,
  },
  'missing context': {
    args: ['endpoints', '--context', 'nope'],
    says: /context was not found for specified context: nope.*--context test/s,
  },
  'unknown output': { args: ['endpoints', '-o', 'xml'], says: /unknown output format "xml"\n-o takes one of table/ },
  'broken JSONPath': { args: ['endpoints', '-o', 'jsonpath={.items'], says: /JSONPath template .* cannot be read/ },
  '-o sky without a name': { args: ['endpoints', '-o', 'sky'], says: /-o sky takes exactly one SKYCLUSTER/ },
  'watch and wait': { args: ['endpoints', '--watch', '--wait'], says: /--watch and --wait exclude each other/ },
  'bad duration': {
    args: ['endpoints', '--wait=soon'],
    says: /--wait takes a duration, and "soon" is not one.*--wait=90s/s,
  },
  'flag of another mode': {
    args: expose('8888', '--mode', 'nodeport', '--host', 'a.example.com'),
    says: /--host belongs to ingress mode.*add --mode ingress/s,
  },
  'certificate without host': {
    args: expose('8888', '--mode', 'ingress', '--tls-secret', 's'),
    says: /--tls-secret needs --host/,
  },
  'issuer without host': {
    args: expose('8888', '--mode', 'ingress', '--tls-issuer', 'company'),
    says: /--tls-issuer needs --host/,
  },
  'two issuers': {
    args: expose('1', '--mode', 'ingress', '--host', 'a.example.com', '--tls-issuer', 'a', '--tls-cluster-issuer', 'b'),
    says: /--tls-issuer and --tls-cluster-issuer exclude each other/,
  },
  'issuer that is no name': {
    args: expose('1', '--mode', 'ingress', '--host', 'a.example.com', '--tls-issuer', 'Let’s Encrypt'),
    says: /is not a valid name of an issuer\nwrite the name that kubectl get clusterissuers,issuers shows/,
  },
  'issuer by a flag and by an annotation': {
    args: [
      ...expose('1', '--mode', 'ingress', '--host', 'a.example.com', '--tls-issuer', 'a'),
      ...['--annotation', 'cert-manager.io/issuer=b'],
    ],
    says: /--tls-issuer and --annotation both name an issuer/,
  },
  'path for several ports': {
    args: expose('1', '2', '--mode', 'ingress', '--path', '/x'),
    says: /--path leads to one port/,
  },
  'path that is none': {
    args: expose('1', '--mode', 'ingress', '--path', 'x y'),
    says: /--path x y is not a valid path prefix/,
  },
  'host with an unknown placeholder': {
    args: expose('1', '--mode', 'ingress', '--host', '{name}.example.com'),
    says: /unknown placeholder \{name\}.*placeholders are \{port\}, \{cluster\}, \{namespace\} and \{address\}/s,
  },
  'host that is none': {
    args: expose('1', '--mode', 'ingress', '--host', 'http://x'),
    says: /--host http:\/\/x is not a valid host name/,
  },
  'unknown rewrite': {
    args: expose('1', '--mode', 'ingress', '--rewrite', 'drop'),
    says: /--rewrite drop is not a valid rewrite/,
  },
  'malformed range': {
    args: expose('1', '--source-range', '10.0.0.0/33'),
    says: /--source-range 10\.0\.0\.0\/33 is not a valid address range/,
  },
  'annotation that is none': {
    args: expose('1', '--annotation', 'a b=c'),
    says: /--annotation a b=c is not a valid annotation\nwrite KEY=VALUE/,
  },
  'label Kubernetes refuses': {
    args: expose('1', '--label', 'a=b c'),
    says: /--label a=b c: Kubernetes refuses this value/,
  },
  'label of ours': {
    args: expose('1', '--label', 'app.kubernetes.io/managed-by=me'),
    says: /needs app\.kubernetes\.io\/managed-by itself/,
  },
  'missing class': {
    args: expose('1', '--mode', 'ingress', '--ingress-class', 'nope'),
    says: /IngressClass nope does not exist; existing classes: .*\nadd --ingress-class/,
  },
  'unknown dry run': { args: expose('1', '--dry-run=maybe'), says: /--dry-run takes none, client or server/ },
  'format a dry run does not have': {
    args: expose('1', '--dry-run=client', '-o', 'wide'),
    says: /-o wide cannot show a dry run/,
  },
  'unexpose without a name': { args: ['unexpose'], says: /unexpose needs a SKYCLUSTER/ },
  'a namespace that is not a DNS label': {
    args: ['endpoints', '-n', 'default;x'],
    says: /"default;x" is not a valid name of a namespace[;\n].*kubectl get namespaces/s,
  },
  'a SkyPilot cluster with control characters': {
    args: ['expose', 'tr\u001bain', '8888'],
    says: /SKYCLUSTER has control characters/,
  },
  'bad log level': { args: ['endpoints', '-v=loud'], says: /-v=loud/ },
  'bad --ingress-service': { args: ['endpoints', '--ingress-service', 'x'], says: /write it as NAMESPACE\/NAME/ },
  'a port before the cluster': {
    args: ['expose', '8888', 'train'],
    says: /SKYCLUSTER comes first, and 8888 is a port\ntry:\n {4}kubectl skyports expose train 8888\n$/,
  },
  'a port before the cluster, to close it': {
    args: ['unexpose', '8888', 'train', '-y'],
    says: /try:\n {4}kubectl skyports unexpose train 8888\n$/,
  },
  'a port before the cluster, to look': {
    args: ['endpoints', '8888', 'train'],
    says: /try:\n {4}kubectl skyports endpoints train --port 8888\n$/,
  },
  'a port without a cluster': {
    args: ['endpoints', '8888'],
    says: /this lists that port .*:\n {4}kubectl skyports endpoints --port 8888\n$/,
  },
  'cluster and port in one word': {
    args: ['expose', 'train:8888'],
    says: /is not a SKYCLUSTER.*\ntry:\n {4}kubectl skyports expose train 8888\n$/,
  },
  'cluster and port in one word, to look': {
    args: ['endpoints', 'train:8888'],
    says: /try:\n {4}kubectl skyports endpoints train 8888\n$/,
  },
  'a UDP port': { args: expose('8888/udp'), says: /only TCP ports can be opened, and not UDP ports\nwrite 8888/ },
  'a mode in short': { args: expose('8888', '--mode', 'lb'), says: /\ndid you mean --mode loadbalancer\?\n$/ },
  'a mode in short, to look': { args: ['endpoints', '--mode', 'np'], says: /\ndid you mean --mode nodeport\?\n$/ },
  'a format that is nearly right': { args: ['endpoints', '-o', 'tabel'], says: /\ndid you mean -o table\?\n$/ },
  'another such format': { args: ['endpoints', '-o', 'josn'], says: /\ndid you mean -o json\?\n$/ },
  'an unknown platform': {
    args: expose('8888', '--scheme', 'internal', '--platform', 'foo'),
    says: /--platform foo is not a known platform\n--platform takes one of .*eks.*rke2/,
  },
  'watch and check': { args: ['endpoints', '--watch', '--check'], says: /--watch and --check exclude each other/ },
};

let user: User;
let namespace: string;

test.before(async () => {
  ({ namespace } = await withSkyCluster('train'));
  await make(skyPod(skyNames(namespace, 'trainer')));
  user = await powerfulUser(namespace);
});

for (const [name, { args, says }] of Object.entries(cases)) {
  test(name, async (t) => {
    const { code, stdout, stderr } = await skyports(args, user);
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, says);
    t.regex(stderr, /^error: [^\n]*\n([^\n]+\n){0,9}$/, 'the fact on one line');
  });
}

test.after('nothing was written', async () => {
  const written = (await requestsOf(user.name)).filter(({ verb }) => !['list', 'get', 'watch'].includes(verb));
  if (written.length > 0) throw new Error(written.map(({ verb, uri }) => `${verb} ${uri}`).join('\n'));
  const { items } = await admin('GET', `/api/v1/namespaces/${namespace}/services`);
  if (items.length > 0) throw new Error(`there are ${items.length} Services`);
});

test('no kubeconfig at all names the cures', async (t) => {
  const { code, stderr } = await skyports(['endpoints'], { env: { KUBECONFIG: '' } });
  t.is(code, 2);
  t.regex(stderr, /^error: .*\n.*--kubeconfig/s);
});

test('no kubeconfig, but a SkyPilot API server: that one is named', async (t) => {
  const config = join(cluster().temporaryFolder, 'api-server.yaml');
  writeFileSync(config, 'api_server:\n  endpoint: https://sky.example.com\n');
  const { code, stderr } = await skyports(['endpoints'], { env: { KUBECONFIG: '', SKYPILOT_GLOBAL_CONFIG: config } });
  t.is(code, 2);
  t.regex(
    stderr,
    /SkyPilot reaches its clusters through its API server https:\/\/sky\.example\.com.*sky status --endpoints SKYCLUSTER/s,
  );
});

test('a malformed kubeconfig is named with its line', async (t) => {
  const kubeconfig = join(cluster().temporaryFolder, 'malformed.kubeconfig');
  writeFileSync(kubeconfig, 'apiVersion: v1\nkind: Config\nclusters: [\n');
  const { code, stderr } = await skyports(['endpoints'], { kubeconfig });
  t.is(code, 2);
  t.regex(stderr, /malformed\.kubeconfig.*(line |:)\d/);
});

test('a server that does not answer is named with its kubeconfig and context', async (t) => {
  const kubeconfig = deadServerKubeconfig();
  for (const args of [['endpoints'], ['expose', 'train', '8888'], ['unexpose', 'train', '-y']]) {
    const { code, stderr } = await skyports(args, { kubeconfig });
    t.is(code, 1);
    t.regex(stderr, /127\.0\.0\.1:1.*refused/);
    t.regex(stderr, /dead/);
  }
});

test("a context's namespace that is not a DNS label is refused only if it is used", async (t) => {
  const { server, certificateAuthority, adminToken, temporaryFolder } = cluster();
  const kubeconfig = join(temporaryFolder, 'odd-namespace.kubeconfig');
  const context = { context: 'odd', namespace: 'Not;A;Label' };
  writeKubeconfig(kubeconfig, { server, certificateAuthority, token: adminToken, ...context });
  for (const args of [['endpoints', '-A'], ['prune', '-A', '--dry-run'], ['endpoints', '-n', namespace], ['version']]) {
    const { code, stderr } = await skyports(args, { kubeconfig });
    t.is(code, 0, `${args.join(' ')}: ${stderr}`);
  }
  for (const args of [['endpoints'], ['prune', '-y'], ['expose', 'train', '8888'], ['unexpose', 'train', '-y']]) {
    const { code, stderr } = await skyports(args, { kubeconfig });
    t.is(code, 2, args.join(' '));
    t.regex(stderr, /"Not;A;Label" is not a valid name of a namespace/);
  }
  const named = await skyports(['endpoints', '-A', '-n', 'default;x'], { kubeconfig });
  t.is(named.code, 2, 'a flag is refused even if it is not used');
});
