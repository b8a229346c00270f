import test from 'ava';
import { newNamespace } from '../helpers/cluster.ts';
import { type RunOptions, skyports } from '../helpers/run-skyports.ts';
import { type SkyPilotNames, skyIngress, skyLoadBalancer, skyNames, skyPod } from '../helpers/skypilot-objects.ts';
import { make, withSkyCluster } from '../helpers/world.ts';

let train: SkyPilotNames;
let namespace: string;

test.before(async () => {
  train = await withSkyCluster();
  namespace = train.namespace;
  await make(skyLoadBalancer(train, [8888], { ip: '203.0.113.80' }), skyIngress(train, [7777]));
});

/** What a name leads to: the exit code, the fact, and the commands that are suggested. */
async function suggestedFor(args: readonly string[], options?: RunOptions) {
  const { code, stderr } = await skyports(args, options);
  const [fact = '', ...rest] = stderr.split('\n');
  const commands = rest.filter((line) => line.startsWith('    ')).map((line) => line.trim());
  return { code, fact, commands };
}

const here = (...args: string[]) => suggestedFor([...args, '-n', namespace]);

const mistaken: Readonly<Record<string, readonly [args: string[], fact: RegExp, command: string]>> = {
  'letters in another order': [['endpoints', 'trian'], /did you mean train\?$/, 'endpoints train'],
  'other case': [['endpoints', 'TRAIN'], /did you mean train\?$/, 'endpoints train'],
  'a slip before a write, with its flags': [
    ['expose', 'trian', '8888', '--mode', 'nodeport', '--dry-run'],
    /did you mean train\?$/,
    'expose train 8888 --mode=nodeport --dry-run',
  ],
  'the head Pod': [
    ['expose', 'train-2ea485ef-head', '8888'],
    /"train-2ea485ef-head" is the head Pod of SkyPilot cluster train$/,
    'expose train 8888',
  ],
  'the head Pod as kubectl writes it': [
    ['doctor', 'pod/train-2ea485ef-head', '8888'],
    /is the head Pod of SkyPilot cluster train$/,
    'doctor train 8888',
  ],
  'a Service that has the name': [
    ['doctor', 'svc/train', '8888'],
    /"svc\/train" is not the name of a SkyPilot cluster, train is$/,
    'doctor train 8888',
  ],
  'a Service of it': [
    ['endpoints', 'service/train-2ea485ef--skypilot-lb'],
    /is an object of SkyPilot cluster train$/,
    'endpoints train',
  ],
  'a URL': [
    ['endpoints', 'http://203.0.113.80:8888'],
    /"http:\/\/203\.0\.113\.80:8888" is port 8888 of SkyPilot cluster train$/,
    'endpoints train --port=8888',
  ],
  'a URL with a path of the app': [
    ['doctor', 'http://203.0.113.80:8888/lab?token=x'],
    /is port 8888 of SkyPilot cluster train$/,
    'doctor train 8888',
  ],
  'a port in place of the name': [
    ['doctor', '8888'],
    /: 8888 is a port, and SKYCLUSTER comes first; it is open on train$/,
    'doctor train 8888',
  ],
  'a port that nothing has open': [
    ['doctor', '9999'],
    /: 9999 is a port, and SKYCLUSTER comes first$/,
    'doctor SKYCLUSTER 9999',
  ],
  'an address with its port': [['doctor', '203.0.113.80:8888'], /is port 8888 of/, 'doctor train 8888'],
};

for (const [name, [args, fact, command]] of Object.entries(mistaken)) {
  test(`${name}: the corrected command is suggested`, async (t) => {
    const said = await here(...args);
    t.is(said.code, 2);
    t.regex(said.fact, fact);
    const [words, flags] = [command.split(' --')[0]!, command.split(' --').slice(1)];
    t.is(
      said.commands[0],
      [`kubectl skyports ${words}`, ...flags.map((each) => `--${each}`), `-n ${namespace}`].join(' '),
    );
  });
}

test('expose without a port lists what the containers declare and is not open yet', async (t) => {
  const pod = skyPod(skyNames(namespace, 'multi'));
  const [container, ...others] = pod.spec!.containers;
  const ports = [22, 7860, 8265, 8888].map((containerPort) => ({ containerPort }));
  await make({ ...pod, spec: { ...pod.spec, containers: [{ ...container!, ports }, ...others] } });
  const multi = await here('expose', 'multi', '--mode', 'nodeport');
  t.is(multi.code, 2);
  t.regex(multi.fact, /expose needs at least one PORT of multi; its containers declare 7860, 8888$/);
  t.deepEqual(
    multi.commands,
    [7860, 8888].map((port) => `kubectl skyports expose multi ${port} --mode=nodeport -n ${namespace}`),
  );
  for (const name of ['train', 'unknown']) {
    const { fact, commands } = await here('expose', name);
    t.regex(fact, new RegExp(`expose needs at least one PORT of ${name}$`));
    const probing = name === 'train' ? [`kubectl skyports expose train -n ${namespace} --probe=pod`] : [];
    t.deepEqual(commands, [`kubectl skyports expose ${name} PORT -n ${namespace}`, ...probing]);
  }
});

test('a name with its namespace, as doctor prints it', async (t) => {
  const elsewhere = await suggestedFor(['endpoints', `${namespace}/train`, '-n', await newNamespace()]);
  t.is(elsewhere.code, 2);
  t.regex(elsewhere.fact, new RegExp(`"${namespace}/train" is SkyPilot cluster train of namespace ${namespace}$`));
  t.deepEqual(elsewhere.commands, [`kubectl skyports endpoints train -n ${namespace}`]);
});

test('a URL that no port has is an unknown name', async (t) => {
  const { code, fact, commands } = await here('endpoints', 'http://203.0.113.80:9999');
  t.is(code, 2);
  t.regex(fact, /there is no SkyPilot cluster "http:\/\/203\.0\.113\.80:9999" in namespace /);
  t.deepEqual(commands, ['kubectl skyports endpoints -A', 'sky status']);
});

test('another namespace that has the name is in the command, a secret is not', async (t) => {
  const elsewhere = await newNamespace();
  const name = `far-${elsewhere}`;
  await make(skyPod(skyNames(elsewhere, name)));
  const { code, fact, commands } = await here(
    'endpoints',
    name,
    '-o',
    'json',
    '--as',
    'admin',
    '--as-group',
    'system:masters',
  );
  t.is(code, 2);
  t.true(fact.endsWith(`; namespace ${elsewhere} has it`), fact);
  t.deepEqual(commands, [
    `kubectl skyports endpoints --as admin --as-group system:masters ${name} --output=json -n ${elsewhere}`,
  ]);
});

test('at most five names are listed', async (t) => {
  const many = await newNamespace();
  await make(...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((each) => skyPod(skyNames(many, `${each}-notebook`))));
  const { fact } = await suggestedFor(['endpoints', 'zzz', '-n', many]);
  t.regex(fact, /; choose from (\S+-notebook(, | )){5}and 2 more$/);
});

test('an ambiguous name has a command for each that it may mean', async (t) => {
  const twin = await newNamespace();
  await make(skyPod(skyNames(twin, 'twin-a')), skyPod(skyNames(twin, 'twin-b')));
  const { code, fact, commands } = await suggestedFor(['endpoints', 'twin', '-n', twin]);
  t.is(code, 2);
  t.regex(fact, /"twin" is ambiguous: twin-a-\S+ \(twin-a, namespace \S+\), twin-b-/);
  t.is(commands.length, 2);
  for (const each of commands) t.regex(each, new RegExp(`^kubectl skyports endpoints twin-[ab]-\\S+ -n ${twin}$`));
});
