import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { parse } from 'yaml';
import { type RunOptions, skyports } from '../helpers/run-skyports.ts';

/** A home and a project folder of their own, and a kubeconfig with two contexts that nobody answers. */
function desk(files: { readonly user?: string; readonly project?: string } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'skyports-config-'));
  const [home, cwd] = [join(folder, 'home'), join(folder, 'project')];
  mkdirSync(cwd);
  mkdirSync(home);
  const [user, project, kubeconfig] = [
    join(home, '.sky/config.yaml'),
    join(cwd, '.sky.yaml'),
    join(folder, 'kubeconfig'),
  ];
  if (files.user !== undefined) {
    mkdirSync(join(home, '.sky'));
    writeFileSync(user, files.user);
  }
  if (files.project !== undefined) writeFileSync(project, files.project);
  const context = (name: string) => ({ name, context: { cluster: 'c', user: 'u' } });
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'prod',
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
      users: [{ name: 'u', user: { token: 't' } }],
      contexts: [context('prod'), context('kind-skypilot')],
    }),
  );
  const config = (args: readonly string[], options: RunOptions = {}) =>
    skyports(['config', ...args], { kubeconfig, cwd, homeDirectory: home, ...options });
  const text = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);
  return { folder, home, user, project, config, text };
}

test('set-ports writes a new file after showing the change, and says for whom it counts', async (t) => {
  const { user, config, text } = desk();
  const { code, stdout, stderr } = await config(['set-ports', 'ingress', '-y']);
  t.is(code, 0, stderr);
  t.is(text(user), 'kubernetes:\n  ports: ingress\n');
  t.is(stdout, 'kubernetes.ports set to ingress in ~/.sky/config.yaml\n');
  t.is(
    stderr,
    `--- ~/.sky/config.yaml
+++ ~/.sky/config.yaml
@@ -0,0 +1,2 @@
+kubernetes:
+  ports: ingress
SkyPilot uses it for new SkyPilot clusters only; running ones keep their ports
this opens PORT of the running SKYCLUSTER:
    kubectl skyports expose SKYCLUSTER PORT --mode ingress
a remote SkyPilot API server has its own configuration
`,
  );
  const again = await config(['set-ports', 'ingress', '-y']);
  t.is(again.code, 0);
  t.is(again.stdout, '');
  t.regex(again.stderr, /^nothing to change: kubernetes\.ports is ingress in ~\/\.sky\/config\.yaml\n/);
});

test('it asks at a terminal, and a no writes nothing; without a terminal it wants -y', async (t) => {
  const before = '# mine\nkubernetes:\n  networking: portforward\n';
  const { user, config, text } = desk({ user: before });
  const no = await config(['set-ports', 'podip'], { answer: '' });
  t.is(no.code, 1);
  t.regex(no.stderr, /\+ {2}ports: podip\nWrite ~\/\.sky\/config\.yaml\? \[y\/N\] nothing was written\n$/);
  const silent = await config(['set-ports', 'podip']);
  t.is(silent.code, 2);
  t.regex(silent.stderr, /no terminal to ask on\nadd --dry-run .*\nadd -y /);
  t.is(text(user), before);
  t.is((await config(['set-ports', 'podip'], { answer: 'y' })).code, 0);
  t.is(text(user), `${before}  ports: podip\n`);
});

test('--dry-run prints the change and writes nothing', async (t) => {
  const { user, config, text } = desk();
  const { code, stdout } = await config([
    'set-annotation',
    'networking.gke.io/load-balancer-type=Internal',
    '--dry-run',
  ]);
  t.is(code, 0);
  t.regex(stdout, /^\+ {6}networking\.gke\.io\/load-balancer-type: Internal$/m);
  t.is(text(user), undefined);
});

test('mode and symbolic link stay, and no other file is left behind', async (t) => {
  const { folder, user, home, config, text } = desk();
  const real = join(folder, 'dotfiles.yaml');
  writeFileSync(real, 'kubernetes: {}\n');
  chmodSync(real, 0o640);
  mkdirSync(join(home, '.sky'));
  symlinkSync(real, user);
  t.is((await config(['set-ports', 'podip', '-y'])).code, 0);
  t.is(text(real), 'kubernetes: {ports: podip}\n');
  t.true(lstatSync(user).isSymbolicLink());
  t.is(statSync(real).mode & 0o777, 0o640);
  t.deepEqual(readdirSync(join(home, '.sky')), ['config.yaml']);
  t.deepEqual(readdirSync(folder).sort(), ['dotfiles.yaml', 'home', 'kubeconfig', 'project']);
});

test('a symbolic link to nothing, and a folder that is a file, are not written', async (t) => {
  const { home, user, config } = desk();
  mkdirSync(join(home, '.sky'));
  symlinkSync(join(home, 'nowhere.yaml'), user);
  const dangling = await config(['set-ports', 'podip', '-y']);
  t.is(dangling.code, 1);
  t.regex(dangling.stderr, /config\.yaml cannot be written: ENOENT[\s\S]*ls -ld/);
  t.false(existsSync(join(home, 'nowhere.yaml')));
  const other = desk();
  writeFileSync(join(other.home, '.sky'), '');
  const blocked = await other.config(['set-ports', 'podip', '-y']);
  t.not(blocked.code, 0);
  t.regex(blocked.stderr, /cannot be (?:read|written)/);
});

test('a file that changes while it asks is not overwritten', async (t) => {
  const { user, config, text } = desk({ user: 'kubernetes: {}\n' });
  const answer = () => {
    writeFileSync(user, 'aws: {}\n');
    return 'y';
  };
  const { code, stderr } = await config(['set-ports', 'podip'], { answer });
  t.is(code, 1);
  t.regex(stderr, /config\.yaml has been changed in the meantime\ntry again\n$/);
  t.is(text(user), 'aws: {}\n');
});

test('--project and the variables choose the file, as SkyPilot reads them', async (t) => {
  const { folder, user, project, config, text } = desk();
  t.is((await config(['set-ports', 'podip', '--project', '-y'])).code, 0);
  t.is(text(project), 'kubernetes:\n  ports: podip\n');
  t.is(text(user), undefined);
  const place = (name: string) => join(folder, name);
  for (const [variable, flags] of [
    ['SKYPILOT_CONFIG', []],
    ['SKYPILOT_GLOBAL_CONFIG', []],
    ['SKYPILOT_PROJECT_CONFIG', ['--project']],
  ] as const) {
    const file = place(`${variable}.yaml`);
    const env = { [variable]: file };
    const missing = await config(['set-ports', 'ingress', '-y', ...flags], { env });
    t.is(missing.code, 2, variable);
    t.regex(missing.stderr, new RegExp(`named by ${variable}, does not exist\nset ${variable} to an existing file`));
    writeFileSync(file, '');
    t.is((await config(['set-ports', 'ingress', '-y', ...flags], { env })).code, 0, variable);
    t.is(text(file), 'kubernetes:\n  ports: ingress\n');
  }
  const both = await config(['set-ports', 'ingress', '--project', '-y'], { env: { SKYPILOT_CONFIG: place('x') } });
  t.is(both.code, 2);
  t.regex(both.stderr, /SKYPILOT_CONFIG is set: SkyPilot reads .* alone/);
});

test('get shows what wins, in SkyPilot’s order', async (t) => {
  const { folder, config } = desk({
    user: `kubernetes:
  ports: ingress
  context_configs:
    dev: {ports: podip}
  custom_metadata:
    annotations: {example.com/a: b}
api_server: {endpoint: "https://ada:secret@sky.example.com"}
`,
    project: 'kubernetes:\n  ports: loadbalancer\n',
  });
  const { code, stdout, stderr } = await config(['get']);
  t.is(code, 0);
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(/ {3,}/));
  t.deepEqual(
    rows.map(([key, value]) => [key, value]),
    [
      ['KEY', 'VALUE'],
      ['kubernetes.ports', 'loadbalancer'],
      ['kubernetes.custom_metadata.annotations.example.com/a', 'b'],
      ['kubernetes.context_configs.dev.ports', 'podip'],
      ['api_server.endpoint', 'https://sky.example.com'],
    ],
  );
  t.regex(rows[1]![2]!, /\.sky\.yaml$/);
  t.regex(stderr, /\.sky\.yaml wins over kubernetes\.ports: ingress of ~\/\.sky\/config\.yaml\n/);
  t.regex(stderr, /context prod: new SkyPilot clusters use loadbalancer \(kubernetes\.ports in /);
  t.regex(stderr, /API server https:\/\/sky\.example\.com has its own configuration/);
  t.notRegex(stdout + stderr, /secret/);
  const only = join(folder, 'only.yaml');
  writeFileSync(only, 'kubernetes: {ports: podip}\n');
  const alone = await config(['get'], { env: { SKYPILOT_CONFIG: only, SKYPILOT_GLOBAL_CONFIG: '/nowhere' } });
  t.regex(alone.stdout, /^kubernetes\.ports {3}podip {3}.*only\.yaml\n$/m);
  t.is(alone.stdout.split('\n').length, 3);
});

test('get without any file names the default; kind-skypilot has no choice', async (t) => {
  const { config } = desk();
  const { stdout, stderr } = await config(['get']);
  t.is(stdout, '');
  t.regex(stderr, /^context prod: new SkyPilot clusters use loadbalancer, SkyPilot's default: no ports in ~\/\.sky/);
  t.regex((await config(['get', '--context', 'kind-skypilot'])).stderr, /always uses ingress for this context/);
  const none = await config(['get'], { kubeconfig: '/nowhere/at/all' });
  t.is(none.code, 0);
  t.regex(none.stderr, /^new SkyPilot clusters use loadbalancer/);
});

test('set-ports tells what else decides', async (t) => {
  const { config } = desk({
    user: 'kubernetes:\n  context_configs:\n    dev: {ports: podip}\n',
    project: 'kubernetes: {ports: loadbalancer}\n',
  });
  const { stderr } = await config(['set-ports', 'ingress', '--dry-run']);
  t.regex(stderr, /warning: .*\.sky\.yaml has kubernetes\.ports: loadbalancer, and wins over the user's file\n/);
  t.regex(
    stderr,
    /context dev keeps its own: kubernetes\.context_configs\.dev\.ports is podip in ~\/\.sky\/config\.yaml\n/,
  );
  const other = await config(['set-ports', 'podip', '--for-context', 'prd', '--dry-run']);
  t.regex(other.stdout, /\+ {4}prd:\n\+ {6}ports: podip\n/);
  t.regex(other.stderr, /warning: the kubeconfig has no context "prd"; did you mean prod\?/);
  const kind = await config(['set-ports', 'podip', '--for-context', 'kind-skypilot', '--dry-run']);
  t.regex(kind.stderr, /warning: SkyPilot always uses ingress for the context kind-skypilot/);
  const remote = await config(['set-ports', 'podip', '--dry-run'], {
    env: { SKYPILOT_API_SERVER_ENDPOINT: 'https://a:b@sky.example.com' },
  });
  t.regex(
    remote.stderr,
    /the SkyPilot API server https:\/\/sky\.example\.com has its own configuration: this file applies only to what you launch from here\n/,
  );
});

test('with a remote SkyPilot API server, the change of the server is printed, too', async (t) => {
  const { config } = desk({ user: 'api_server: {endpoint: "https://a:b@sky.example.com/base/"}\n' });
  const { stderr } = await config(['set-ports', 'ingress', '--for-context', 'prod', '--dry-run']);
  t.true(
    stderr.includes(`
to change the server, for all of its users, an administrator adds this at https://sky.example.com/base/dashboard/config:
    kubernetes:
      context_configs:
        prod:
          ports: ingress
for a new server, the same as Helm values ("helm upgrade" of an existing server ignores them):
    apiService:
      config: |-
        kubernetes:
          context_configs:
            prod:
              ports: ingress
`),
    stderr,
  );
  t.notRegex(stderr, /a:b/);
  const values = stderr.slice(stderr.indexOf('    apiService:'));
  const helm = parse(values.slice(0, values.lastIndexOf('ingress') + 7));
  t.deepEqual(parse(helm.apiService.config), { kubernetes: { context_configs: { prod: { ports: 'ingress' } } } });
  const annotated = await config(['set-annotation', 'example.com/a=b: c', '--dry-run']);
  t.regex(annotated.stderr, /\n {12}annotations:\n {14}example\.com\/a: ["']b: c["']\n/);
  const local = await desk().config(['set-ports', 'ingress', '--dry-run']);
  t.notRegex(local.stderr, /apiService/);
});

const faulty = `ports: ingress
kubernetes:
  ports: Ingress
  port: 80
  annotations: {}
  custom_metadata:
    namespace: x
    annotations:
      example.com/a: true
      skypilot.co/external-ip: 203.0.113.7
  context_configs:
    dev: {ports: nodeport}
workspaces:
  w:
    kubernetes: {ports: podip}
`;

test('check names each fault with its line, and the cure', async (t) => {
  const { config, user } = desk({ user: faulty, project: 'kubernetes:\n  ports: [\n' });
  const { code, stdout } = await config(['check']);
  t.is(code, 3);
  t.deepEqual(
    stdout.split('\n').flatMap((line) => /^~\S+?:(\d+:\d+): (.*)$/.exec(line)?.slice(1).join(' ') ?? []),
    [
      '1:1 SkyPilot has no key ports',
      '3:10 kubernetes.ports is "Ingress"; SkyPilot only accepts loadbalancer, ingress, podip',
      '4:3 SkyPilot has no key kubernetes.port',
      '5:3 SkyPilot has no key kubernetes.annotations',
      '7:5 SkyPilot takes no namespace in kubernetes.custom_metadata',
      '9:22 kubernetes.custom_metadata.annotations.example.com/a is not a string, and Kubernetes takes nothing else',
      "10:7 SkyPilot reads skypilot.co/external-ip on the ingress controller's Service alone, and this lands on what it makes itself",
      '12:18 kubernetes.context_configs.dev.ports is "nodeport"; SkyPilot only accepts loadbalancer, ingress, podip',
      "15:18 SkyPilot's server takes no ports in workspaces.w.kubernetes",
    ],
  );
  t.regex(stdout, /^ {6}kubectl skyports config set-ports ingress\n/m);
  t.regex(stdout, /^ {6}kubectl skyports config set-ports loadbalancer --for-context dev\n/m);
  t.regex(stdout, /^ {2}put it in quotes: example\.com\/a: "true"\n/m);
  t.regex(stdout, /^ {6}kubectl skyports annotate ADDRESS\n/m);
  t.regex(stdout, /\.sky\.yaml:3:1: not valid YAML: /);
  t.is((await config(['set-ports', 'ingress', '-y'], { cwd: user.replace(/\/[^/]*$/, '') })).code, 0);
  t.notRegex((await config(['check'])).stdout, /"Ingress"/);
});

test('check of what SkyPilot takes says so', async (t) => {
  const { config } = desk({ user: 'kubernetes:\n  ports: ingress\n  context_configs:\n    prd: {ports: podip}\n' });
  const { code, stdout, stderr } = await config(['check']);
  t.is(code, 0);
  t.is(stdout, '');
  t.regex(stderr, /context_configs\.prd: the kubeconfig has no such context; did you mean prod\?\n/);
  t.regex(stderr, /~\/\.sky\/config\.yaml: the port settings are valid\n$/);
  const none = await desk().config(['check']);
  t.regex(none.stderr, /there is no configuration file; SkyPilot uses loadbalancer/);
});

for (const [args, says] of [
  [
    [],
    /config needs a subcommand: get, set-ports, set-annotation, scheme, check\n.*\n {4}kubectl skyports config --help\n$/,
  ],
  [['set-port', 'ingress'], /config has no subcommand "set-port"; did you mean set-ports\?\n/],
  [['set-ports'], /config set-ports needs a value\ntry:\n {4}kubectl skyports config set-ports loadbalancer\ntry:/],
  [
    ['set-ports', 'nodeport', '-y'],
    /no port mode "nodeport".*\n.*\n {4}kubectl skyports expose SKYCLUSTER PORT --mode nodeport\n$/,
  ],
  [
    ['set-ports', 'Ingress', '-y'],
    /no port mode "Ingress".*did you mean ingress\?\ntry:\n {4}kubectl skyports config set-ports ingress\n$/,
  ],
  [['set-ports', 'ingress', 'podip', '-y'], /config set-ports does not take "podip"/],
  [['set-ports', 'ingress', '--for-context=', '-y'], /--for-context names no context/],
  [
    ['set-annotation', 'no value', '-y'],
    /"no value" is not a valid annotation\n.*\n {4}kubectl skyports config set-annotation KEY=VALUE\n$/,
  ],
  [['set-annotation', 'a b=c', '-y'], /"a b=c" is not a valid annotation/],
  [['get', '--project'], /--project is for set-ports, set-annotation, scheme/],
  [['check', 'x'], /config check does not take "x"/],
] as const) {
  test(`config ${args.join(' ')}: the fact on one line, exit 2, nothing written`, async (t) => {
    const { config, user, text } = desk();
    const { code, stdout, stderr } = await config(args);
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, says);
    t.regex(stderr, /^error: /);
    t.is(stderr.split('\n').filter((line) => line.startsWith('error: ')).length, 1);
    t.is(text(user), undefined);
  });
}

test('a file that cannot be edited is refused with its place, and stays', async (t) => {
  for (const [before, says] of [
    ['kubernetes: {}\n---\naws: {}\n', /~\/\.sky\/config\.yaml:2:1: a second document begins/],
    ['kubernetes:\n\tports: x\n', /~\/\.sky\/config\.yaml:2:1: not valid YAML: Tabs/],
    ['kubernetes:\n  ports: a\n  ports: b\n', /~\/\.sky\/config\.yaml:3:3: not valid YAML: Map keys must be unique/],
  ] as const) {
    const { config, user, text } = desk({ user: before });
    const { code, stderr } = await config(['set-ports', 'podip', '-y']);
    t.is(code, 2);
    t.regex(stderr, says);
    t.is(text(user), before);
  }
});

test('bytes that are no UTF-8 are refused', async (t) => {
  const { config, user } = desk({ user: '' });
  writeFileSync(user, Buffer.from([0xff, 0xfe, 0x61, 0x00]));
  const { code, stderr } = await config(['set-ports', 'podip', '-y']);
  t.is(code, 2);
  t.regex(stderr, /is not UTF-8\n.*save .* as UTF-8/);
});

test('every example of its help runs', async (t) => {
  const { configExamples } = await import('../../src/commands/config/command.ts');
  for (const { line } of configExamples) {
    // Without --platform, a cluster is needed: test/documents/first-commands.test.ts runs this example on one.
    const named = line.endsWith(' scheme internal') ? ['--platform', 'gke', '-y'] : [];
    const { code, stderr } = await desk().config([...line.split(' ').slice(3), ...named]);
    t.is(code, 0, `${line}: ${stderr}`);
  }
});

test('scheme where that is the default: what says otherwise is named with its file', async (t) => {
  const annotation = 'networking.gke.io/load-balancer-type';
  const said = `kubernetes: {custom_metadata: {annotations: {${annotation}: Internal}}}\n`;
  const { user, config, text } = desk({ user: said });
  const { code, stderr } = await config(['scheme', 'public', '--platform', 'gke', '-y']);
  t.is(code, 2);
  t.regex(
    stderr,
    /your configuration says otherwise\nremove annotation networking\.gke\.io\/load-balancer-type of kubernetes\.custom_metadata\.annotations from ~\/\.sky\/config\.yaml/,
  );
  t.is(text(user), said);
  const elsewhere = desk({
    user: `kubernetes: {context_configs: {other: {custom_metadata: {annotations: {${annotation}: Internal}}}}}\n`,
  });
  const fine = await elsewhere.config(['scheme', 'public', '--platform', 'gke', '--for-context', 'prod', '-y']);
  t.regex(fine.stderr, /there is nothing to write/);
  const inUse = await elsewhere.config(['scheme', 'public', '--platform', 'gke', '-y']);
  t.regex(inUse.stderr, /there is nothing to write/, 'the context in use is prod');
});

test('scheme writes the annotation of the platform that is named', async (t) => {
  const { config, user, text } = desk();
  const { code, stdout, stderr } = await config(['scheme', 'internal', '--platform', 'hetzner', '-y']);
  t.is(code, 0, stderr);
  t.is(
    text(user),
    `kubernetes:
  custom_metadata:
    annotations:
      load-balancer.hetzner.cloud/disable-public-network: "true"
      load-balancer.hetzner.cloud/use-private-ip: "true"
`,
  );
  t.is(stdout.split('\n').length, 3);
  t.regex(stderr, /^Hetzner's own cloud controller \(--platform hetzner\)\n/);
  t.regex(stderr, /SkyPilot sets it on every object of new SkyPilot clusters, including Pods/);
  const again = await config(['scheme', 'internal', '--platform', 'hetzner', '-y']);
  t.regex(again.stderr, /nothing to change/);
});

for (const [args, says] of [
  [['scheme'], /config scheme needs a value/],
  [
    ['scheme', 'private'],
    /config scheme takes internal or public, not "private"\ntry:\n {4}kubectl skyports config scheme internal\ntry:/,
  ],
  [['scheme', 'internal', '--platform', 'metallb', '-y'], /MetalLB makes no difference/],
  [
    ['scheme', 'internal', '--platform', 'gkee', '-y'],
    /--platform gkee is not a known platform\ndid you mean --platform gke\?/,
  ],
  [
    ['scheme', 'public', '--platform', 'gke', '-y'],
    /GKE's own cloud controller: public unless told otherwise, and there is nothing to write/,
  ],
  [
    ['scheme', 'internal', '--platform', 'coreweave', '-y'],
    /SkyPilot itself writes coreweave-load-balancer-type: public.*\n.*\n {4}kubectl skyports expose SKYCLUSTER PORT --scheme internal\n$/,
  ],
  [['scheme', 'public', '--platform', 'eks-auto-mode', '-y'], /needs a loadBalancerClass, which SkyPilot does not set/],
  [['set-ports', 'ingress', '--platform', 'gke', '-y'], /--platform is for config scheme/],
] as const) {
  test(`config ${args.join(' ')}: refused, nothing written`, async (t) => {
    const { config, user, text } = desk();
    const { code, stdout, stderr } = await config(args);
    t.is(code, 2, stderr);
    t.is(stdout, '');
    t.regex(stderr, says);
    t.is(text(user), undefined);
  });
}

test('what set-ports and check suggest repeats the flags that choose the cluster', async (t) => {
  const { config } = desk({ user: 'kubernetes:\n  context_configs:\n    elsewhere: {ports: podip}\n' });
  const set = await config(['set-ports', 'podip', '--for-context', 'nowhere', '--dry-run', '--context', 'prod']);
  t.regex(set.stderr, /^ {4}kubectl skyports expose --context prod SKYCLUSTER PORT --mode podip$/m);
  t.regex(set.stderr, /has no context "nowhere"\n.*\n {4}kubectl config --context prod get-contexts -o name$/m);
  const check = await config(['check', '--context', 'prod']);
  t.regex(check.stderr, /^ {4}kubectl config --context prod get-contexts -o name$/m);
});
