import test from 'ava';
import { create, type Json, kubectl, newNamespace, newUser, requestsOf } from '../helpers/cluster.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { type ControllerOptions, ingressNginxService } from '../helpers/skypilot-objects.ts';
import { make, makeIngressNginx, makeNode, powerfulUser } from '../helpers/world.ts';

const key = 'skypilot.co/external-ip';

test.before(async () => {
  await Promise.all([makeIngressNginx(), makeNode()]);
});

/** A controller's Service of its own, since all tests of a run share the one that SkyPilot reads. */
async function controllerSomewhere(options: ControllerOptions = {}): Promise<{ namespace: string; flag: string[] }> {
  const namespace = await newNamespace();
  await make(ingressNginxService({ type: 'NodePort', ...options, namespace }));
  return { namespace, flag: ['--ingress-service', `${namespace}/ingress-nginx-controller`, '-n', namespace] };
}

/** The Service with all that kubectl shows of it. */
async function serviceIn(namespace: string): Promise<Json> {
  const args = ['get', 'service', 'ingress-nginx-controller', '-n', namespace, '-o', 'json', '--show-managed-fields'];
  return JSON.parse((await kubectl(args)).stdout);
}

const badInput: Readonly<Record<string, readonly [args: readonly string[], says: RegExp]>> = {
  empty: [[''], /an empty ADDRESS .* without a host\nADDRESS is .*; try:\n {4}kubectl skyports annotate ADDRESS$/m],
  scheme: [['http://203.0.113.7'], /no scheme.*\ntry:\n {4}kubectl skyports annotate 203\.0\.113\.7$/m],
  port: [['gpu.example.com:80'], /no port.*\ntry:\n {4}kubectl skyports annotate gpu\.example\.com$/m],
  path: [['gpu.example.com/x'], /no path/],
  IPv6: [['2001:db8::7'], /IPv6.*the URL is invalid/],
  'signpost with a scheme': [
    ['--signpost', 'https://gpu.example.com'],
    /no scheme.*\ntry:\n {4}kubectl skyports annotate --signpost gpu\.example\.com$/m,
  ],
  'empty signpost': [['--signpost='], /an empty ADDRESS/],
  'two addresses': [
    ['203.0.113.7', '203.0.113.8'],
    /takes one ADDRESS .*\ntry:\n {4}kubectl skyports annotate 203\.0\.113\.7\ntry:\n {4}\S+ \S+ annotate 203\.0\.113\.8\n$/,
  ],
  'a SKYCLUSTER before the address': [
    ['train', '203.0.113.7'],
    /takes one ADDRESS and no SKYCLUSTER: .*\ntry:\n {4}kubectl skyports annotate 203\.0\.113\.7\n$/,
  ],
  'a SKYCLUSTER with a dot before the address': [
    ['serve.llm', '203.0.113.7'],
    /no SKYCLUSTER: .*\ntry:\n {4}kubectl skyports annotate 203\.0\.113\.7\n$/,
  ],
  'two words that are no addresses': [['train', 'localhost'], /ADDRESS is where .*\n {4}\S+ \S+ annotate ADDRESS\n$/],
  'a SKYCLUSTER alone': [
    ['train'],
    /train is a host name without a dot.*\nthis proposes addresses of the nodes:\n {4}kubectl skyports annotate\nadd --force .*\n$/,
  ],
  localhost: [['localhost'], /leads every user to their own machine/],
  loopback: [['127.0.0.1'], /leads every user to their own machine/],
  'every address': [['0.0.0.0'], /nothing can connect to it/],
  'a network': [['203.0.113.0/24'], /network \(CIDR\).*\nADDRESS is .*\n {4}kubectl skyports annotate ADDRESS\n$/],
  'a signpost to localhost': [
    ['--signpost', 'localhost'],
    /their own machine.*\nADDRESS is .*\n {4}kubectl skyports annotate --signpost ADDRESS\nadd --force /,
  ],
  'address and node': [['203.0.113.7', '--node', 'gpu-1'], /ADDRESS and --node exclude each other/],
  'remove and show': [['--remove', '--show'], /--remove and --show exclude each other/],
  'no terminal': [[], /there is no terminal to ask on\n.*\n {4}kubectl skyports annotate ADDRESS\nadd -y /],
  'no Service': [['203.0.113.7', '--ingress-service', 'x'], /write it as NAMESPACE\/NAME/],
  'a class without signpost': [['203.0.113.7', '--ingress-class', 'x'], /--ingress-class belongs to --signpost/],
  'a Service for the signpost': [
    ['--signpost', '203.0.113.7', '--ingress-service', 'a/b'],
    /a signpost always has the name that SkyPilot looks for/,
  ],
  '-o without a dry run': [['203.0.113.7', '-o', 'yaml'], /add --dry-run=client/],
  'unknown dry run': [['203.0.113.7', '--dry-run=x'], /--dry-run takes none, client or server/],
  'a Service that is not there': [
    ['203.0.113.7', '--ingress-service', 'default/nope'],
    /Service default\/nope does not exist\n.*\n {4}kubectl get services -n default$/m,
  ],
  'a node that is not there': [
    ['--node', 'nope', '--force'],
    /no node named nope is Ready with an IPv4 address.*\n.*\n {4}kubectl get nodes -o wide$/m,
  ],
  'an address that SkyPilot ignores': [
    ['203.0.113.7'],
    /given Service ingress-nginx\/ingress-nginx-controller 203\.0\.113\.70; SkyPilot prints that and ignores/,
  ],
  'a signpost where a controller is': [
    ['--signpost', '203.0.113.7'],
    /was not made by kubectl skyports.*\n.*\n {4}kubectl skyports annotate 203\.0\.113\.7$/m,
  ],
  'removing what is no signpost': [['--remove-signpost'], /is not a signpost: kubectl skyports did not make it/],
};

for (const [name, [args, says]] of Object.entries(badInput)) {
  test(`bad input: ${name}`, async (t) => {
    const user = await powerfulUser(await newNamespace());
    const { code, stdout, stderr } = await skyports(['annotate', ...args], user);
    t.deepEqual([code, stdout], [2, ''], stderr);
    t.regex(stderr, says);
    t.regex(stderr, /^error: [^\n]*\n/, 'the fact is the first line');
    const written = (await requestsOf(user.name)).filter(({ verb }) => !['get', 'list'].includes(verb));
    t.deepEqual(written, []);
  });
}

test('sets the one annotation and disturbs nothing else', async (t) => {
  const { namespace, flag } = await controllerSomewhere({ annotations: { 'example.com/keep': 'me' } });
  await kubectl(['annotate', 'service', 'ingress-nginx-controller', '-n', namespace, `${key}=198.51.100.1`]);
  const before = await serviceIn(namespace);
  const { code, stderr } = await skyports(['annotate', '203.0.113.7', '-y', ...flag]);
  t.is(code, 0);
  t.regex(stderr, /^service\/ingress-nginx-controller annotated$/m);
  t.regex(stderr, /^skypilot\.co\/external-ip: 203\.0\.113\.7 \(was "198\.51\.100\.1"\)$/m);
  const after = await serviceIn(namespace);
  t.deepEqual(after.metadata.annotations, { 'example.com/keep': 'me', [key]: '203.0.113.7' });
  t.deepEqual(essence(after), essence(before));
  t.deepEqual(ownersBesides(after), ownersBesides(before));
  const ours = after.metadata.managedFields.filter(({ manager }: Json) => manager === 'kubectl-skyports');
  t.deepEqual(
    ours.map(({ operation, fieldsV1 }: Json) => [operation, fieldsV1]),
    [['Update', { 'f:metadata': { 'f:annotations': { [`f:${key}`]: {} } } }]],
  );
});

/** All but what one annotation changes. */
function essence({ metadata, ...rest }: Json): Json {
  const { annotations, managedFields, resourceVersion, ...kept } = metadata;
  return { ...rest, metadata: kept };
}

/** What other managers own, without the annotation, which has one owner only. */
function ownersBesides({ metadata }: Json): Json[] {
  return metadata.managedFields
    .filter(({ manager }: Json) => !['kubectl-skyports', 'kubectl-annotate'].includes(manager))
    .map(({ time, ...entry }: Json) => entry);
}

test('another value is replaced only when the user agrees', async (t) => {
  const { namespace, flag } = await controllerSomewhere({ annotations: { [key]: '203.0.113.7' } });
  const args = ['annotate', '203.0.113.8', ...flag];
  const value = async () => (await serviceIn(namespace)).metadata.annotations[key];
  const silent = await skyports(args);
  t.deepEqual([silent.code, silent.stdout], [2, '']);
  t.regex(silent.stderr, /has the address "203\.0\.113\.7" already, and there is no terminal to ask on$/m);
  t.regex(silent.stderr, /^ {4}kubectl skyports annotate 203\.0\.113\.8 --ingress-service \S+ --dry-run$/m);
  const no = await skyports(args, { answer: 'n' });
  t.is(no.code, 1);
  t.regex(no.stderr, /Replace "203\.0\.113\.7" by "203\.0\.113\.8"\? \[y\/N\] nothing was changed\n$/);
  t.is(await value(), '203.0.113.7');
  for (const more of [['--dry-run'], ['--dry-run=server']]) {
    const dry = await skyports([...args, ...more], { answer: 'n' });
    t.is(dry.code, 0);
    t.notRegex(dry.stderr, /Replace/);
  }
  const same = await skyports(['annotate', '203.0.113.7', ...flag], { answer: 'n' });
  t.is(same.code, 0);
  t.notRegex(same.stderr, /Replace/);
  t.is((await skyports(args, { answer: 'y' })).code, 0);
  t.is(await value(), '203.0.113.8');
});

test('an address that users could hardly reach is written with --force, and warned of', async (t) => {
  const { namespace, flag } = await controllerSomewhere();
  const { code, stderr } = await skyports(['annotate', 'localhost', '--force', ...flag]);
  t.is(code, 0, stderr);
  t.regex(stderr, /^warning: localhost leads every user to their own machine/);
  const odd = await skyports(['annotate', '203.0.113.0', '-y', ...flag]);
  t.is(odd.code, 0, odd.stderr);
  t.regex(odd.stderr, /^warning: 203\.0\.113\.0 ends in \.0/);
  t.is((await serviceIn(namespace)).metadata.annotations[key], '203.0.113.0');
});

test('the same again writes nothing', async (t) => {
  const { namespace, flag } = await controllerSomewhere();
  t.is((await skyports(['annotate', '203.0.113.7', ...flag])).code, 0);
  const { metadata } = await serviceIn(namespace);
  const { code, stderr } = await skyports(['annotate', '203.0.113.7', ...flag]);
  t.is(code, 0);
  t.regex(stderr, /^service\/ingress-nginx-controller unchanged$/m);
  t.is((await serviceIn(namespace)).metadata.resourceVersion, metadata.resourceVersion);
});

test('--remove takes it away and says what it was; a second time there is nothing', async (t) => {
  const { namespace, flag } = await controllerSomewhere({ annotations: { [key]: '203.0.113.7', other: 'x' } });
  const removed = await skyports(['annotate', '--remove', ...flag]);
  t.is(removed.code, 0);
  t.regex(removed.stderr, /skypilot\.co\/external-ip: removed \(was "203\.0\.113\.7"\)/);
  t.deepEqual((await serviceIn(namespace)).metadata.annotations, { other: 'x' });
  const again = await skyports(['annotate', '--remove', ...flag]);
  t.is(again.code, 0);
  t.regex(again.stderr, /nothing to remove/);
});

test('--show prints the value alone on stdout', async (t) => {
  const { flag } = await controllerSomewhere({ annotations: { [key]: '203.0.113.7\u001b[31m' } });
  const shown = await skyports(['annotate', '--show', ...flag]);
  t.deepEqual([shown.code, shown.stdout], [0, '203.0.113.7\\u001b[31m\n']);
  const bare = await controllerSomewhere();
  const none = await skyports(['annotate', '--show', ...bare.flag]);
  t.deepEqual([none.code, none.stdout], [0, '']);
  t.regex(none.stderr, /has no annotation skypilot\.co\/external-ip/);
});

test('a Service that SkyPilot never reads is said to be one', async (t) => {
  const { flag } = await controllerSomewhere();
  const { stderr, stdout } = await skyports(['annotate', '203.0.113.7', ...flag]);
  t.regex(
    stderr,
    /warning: SkyPilot never reads Service \S+\/ingress-nginx-controller, .*\n.*\n {4}kubectl skyports annotate --signpost 203\.0\.113\.7$/m,
  );
  t.regex(stdout, /http:\/\/203\.0\.113\.70\/skypilot\//, 'SkyPilot goes on printing what it printed');
  const here = ['--as=root', '--as-group=system:masters'];
  const shown = await skyports(['annotate', '--show', ...flag, ...here]);
  t.regex(
    shown.stderr,
    /^ {4}kubectl skyports annotate --as root --as-group system:masters --signpost 203\.0\.113\.7$/m,
  );
});

const ineffective: Readonly<Record<string, readonly [ControllerOptions, Json, RegExp]>> = {
  'a load balancer': [{ type: 'LoadBalancer', ip: '203.0.113.80' }, {}, /SkyPilot prints that and ignores/],
  externalIPs: [{}, { externalIPs: ['203.0.113.9'] }, /spec\.externalIPs .* begins with 203\.0\.113\.9/],
  'a ClusterIP': [{ type: 'ClusterIP' }, {}, /has no nodePort: SkyPilot crashes \(TypeError\)/],
  'other port names': [{}, { ports: [{ name: 'web', port: 80 }] }, /no port named http: SkyPilot crashes/],
};

for (const [name, [options, spec, says]] of Object.entries(ineffective)) {
  test(`${name} makes it useless: refused, and written with --force`, async (t) => {
    const namespace = await newNamespace();
    const service = ingressNginxService({ type: 'NodePort', ...options, namespace });
    await make({ ...service, spec: { ...service.spec, ...spec } });
    const args = ['annotate', '203.0.113.7', '--ingress-service', `${namespace}/ingress-nginx-controller`];
    const refused = await skyports(args);
    t.is(refused.code, 2);
    t.regex(refused.stderr, says);
    t.is((await serviceIn(namespace)).metadata.annotations, undefined);
    const forced = await skyports([...args, '--force']);
    t.is(forced.code, 0, forced.stderr);
    t.regex(forced.stderr, /^warning: /);
    t.is((await serviceIn(namespace)).metadata.annotations[key], '203.0.113.7');
  });
}

test('who declares the annotation will put it back, and is named', async (t) => {
  const { namespace, flag } = await controllerSomewhere();
  const declared = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'ingress-nginx-controller', namespace, annotations: { [key]: '198.51.100.1' } },
  };
  const apply = ['apply', '--server-side', '--field-manager', 'argocd-controller', '-f', '-'];
  t.is((await kubectl(apply, { input: JSON.stringify(declared) })).code, 0);
  for (const args of [
    ['203.0.113.7', '--dry-run=server'],
    ['--remove', '--dry-run'],
    ['203.0.113.7', '-y'],
  ]) {
    const { code, stderr } = await skyports(['annotate', ...args, ...flag]);
    t.is(code, 0);
    t.regex(stderr, /warning: argocd-controller declares skypilot\.co\/external-ip .* will restore its own value/);
  }
  t.is((await serviceIn(namespace)).metadata.annotations[key], '203.0.113.7');
});

test('a dry run shows the object and writes nothing', async (t) => {
  const { namespace, flag } = await controllerSomewhere();
  const { metadata } = await serviceIn(namespace);
  const line = (how: string) => `service/ingress-nginx-controller annotated (${how})\n`;
  t.is((await skyports(['annotate', '203.0.113.7', '--dry-run', ...flag])).stdout, line('dry run'));
  t.is((await skyports(['annotate', '203.0.113.7', '--dry-run=server', ...flag])).stdout, line('server dry run'));
  for (const how of ['client', 'server']) {
    const args = ['annotate', '203.0.113.7', `--dry-run=${how}`, '-o', 'json', ...flag];
    const shown = JSON.parse((await skyports(args)).stdout);
    t.is(shown.kind, 'Service');
    t.is(shown.metadata.annotations[key], '203.0.113.7');
    t.is(shown.metadata.managedFields, undefined);
  }
  t.is((await serviceIn(namespace)).metadata.resourceVersion, metadata.resourceVersion);
});

test("--node takes a node's address, the external one first", async (t) => {
  const { namespace, flag } = await controllerSomewhere();
  const { code, stderr } = await skyports(['annotate', '--node', 'sky-node', ...flag]);
  t.is(code, 0);
  t.regex(stderr, /^1 {3}203\.0\.113\.11 {3}ExternalIP of node sky-node\n2 {3}10\.0\.0\.11 {6}InternalIP/m);
  t.is((await serviceIn(namespace)).metadata.annotations[key], '203.0.113.11');
});

test('with externalTrafficPolicy Local only nodes with a ready controller Pod are proposed', async (t) => {
  const namespace = await newNamespace();
  const service = ingressNginxService({ type: 'NodePort', namespace });
  // Without a selector nobody else writes its EndpointSlices.
  const { selector, ...spec } = service.spec!;
  await make({ ...service, spec: { ...spec, externalTrafficPolicy: 'Local' } });
  const slice = (ready: boolean, nodeName: string) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `c-${nodeName}`,
      namespace,
      labels: { 'kubernetes.io/service-name': 'ingress-nginx-controller' },
    },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
    endpoints: [{ addresses: ['10.1.0.1'], conditions: { ready }, nodeName }],
  });
  await create(slice(false, 'sky-node'));
  const args = ['annotate', '-y', '--ingress-service', `${namespace}/ingress-nginx-controller`];
  const none = await skyports(args);
  t.is(none.code, 2);
  t.regex(none.stderr, /and a ready Pod of the controller, which externalTrafficPolicy Local requires/);
  await kubectl(['delete', 'endpointslice', 'c-sky-node', '-n', namespace]);
  await create(slice(true, 'sky-node'));
  const { code, stderr } = await skyports(args);
  t.is(code, 0, stderr);
  t.regex(stderr, /^1 {3}203\.0\.113\.11 {3}ExternalIP of node sky-node$/m);
});

test('without the right to see nodes it asks for an ADDRESS', async (t) => {
  const { namespace, flag } = await controllerSomewhere();
  const rules = [{ apiGroups: [''], resources: ['services'], verbs: ['get', 'patch'] }];
  const user = await newUser(namespace, { rules });
  const proposed = await skyports(['annotate', '-y', ...flag], user);
  t.is(proposed.code, 4);
  t.regex(
    proposed.stderr,
    /nodes were not seen \(forbidden\).*\n.*\n {4}kubectl auth can-i list nodes -A\n.*\n {4}kubectl skyports annotate ADDRESS$/m,
  );
  const given = await skyports(['annotate', '203.0.113.7', ...flag], user);
  t.is(given.code, 0, given.stderr);
  t.is((await serviceIn(namespace)).metadata.annotations[key], '203.0.113.7');
});

test('a refused write names the right that is missing', async (t) => {
  const { namespace, flag } = await controllerSomewhere();
  const user = await newUser(namespace, { rules: [{ apiGroups: [''], resources: ['services'], verbs: ['get'] }] });
  const { code, stderr } = await skyports(['annotate', '203.0.113.7', ...flag], user);
  t.is(code, 1);
  t.regex(stderr, new RegExp(`kubectl auth can-i patch services -n ${namespace}`));
});

test('two calls at once both succeed, one after the other', async (t) => {
  const { namespace, flag } = await controllerSomewhere();
  const addresses = ['203.0.113.1', '203.0.113.2', '203.0.113.3', '203.0.113.4'];
  const outcomes = await Promise.all(addresses.map((address) => skyports(['annotate', address, '-y', ...flag])));
  t.deepEqual(
    outcomes.map(({ code }) => code),
    [0, 0, 0, 0],
    outcomes.map(({ stderr }) => stderr).join(''),
  );
  t.true(addresses.includes((await serviceIn(namespace)).metadata.annotations[key]));
  const notSet = outcomes.filter(({ stderr }) => stderr.includes('not set before'));
  t.is(notSet.length, 1, 'each saw what it replaced');
});
