import { tmpdir } from 'node:os';
import test from 'ava';
import { skyports } from './helpers/run-skyports.ts';

/** Without a kubeconfig: each of these is answered before anything is asked. */
const run = (line: string) =>
  skyports(line.split(' '), { kubeconfig: '/nowhere/config', cwd: tmpdir(), homeDirectory: tmpdir(), mayProbe: true });

/** What was typed, the fact that is stated, and the commands that are suggested, without `kubectl skyports`. */
const mistakes: [line: string, fact: RegExp, ...commands: string[]][] = [
  ['status', /unknown command "status"/, 'endpoints'],
  ['list -n ml', /unknown command "list"/, 'endpoints -n ml'],
  ['get endpoints train', /unknown command "get"/, 'endpoints train'],
  ['get train --port 8888', /unknown command "get"/, 'endpoints train --port 8888'],
  ['describe train', /unknown command "describe"/, 'endpoints train', 'doctor train'],
  ['check train', /unknown command "check"/, 'doctor train'],
  ['xpose train 8888', /unknown command "xpose"/, 'expose train 8888'],
  ['-n ml endpionts train', /unknown command "endpionts"/, '-n ml endpoints train'],
  ['zzz', /unknown command "zzz" for "kubectl skyports"$/, '--help'],
  ['constructor', /unknown command "constructor"/, '--help'],
  [
    'endpoints train --wait 5',
    /--wait takes its value with =$/,
    'endpoints train --wait=5s',
    'endpoints train 5 --wait',
  ],
  ['endpoints --wait 2m train', /--wait takes its value with =$/, 'endpoints --wait=2m train'],
  ['expose train 8888 --wait 60s', /--wait takes its value with =$/, 'expose train 8888 --wait=60s'],
  ['expose train --wait 8888', /--wait takes its value with =$/, 'expose train 8888 --wait'],
  ['doctor train --wait 90000', /--wait takes its value with =$/, 'doctor train --wait=90000s'],
  ['doctor train 8888 --wait -1', /--wait takes a duration, and "-1" is not one$/, 'doctor train 8888 --wait=60s'],
  ['doctor train 8888 --probe pod', /--probe takes its value with =$/, 'doctor train 8888 --probe=pod'],
  ['expose train 8888 --dry-run server', /--dry-run takes its value with =$/, 'expose train 8888 --dry-run=server'],
  ['config set-ports ingress --dry-run client', /--dry-run takes/, 'config set-ports ingress --dry-run=client'],
  ['endpoints --namspace ml', /unknown flag: --namspace for "kubectl skyports endpoints"$/, 'endpoints --namespace ml'],
  ['--namspace=ml ls', /unknown flag: --namspace for "kubectl skyports endpoints"$/, '--namespace=ml ls'],
  ['unexpose train --all -y', /unknown flag: --all for "kubectl skyports unexpose"$/, 'unexpose train'],
  ['unexpose --all -y', /unknown flag: --all for "kubectl skyports unexpose"$/, 'unexpose SKYCLUSTER'],
  ['unexpose --all --yes -n ml', /unknown flag: --all for/, 'unexpose SKYCLUSTER -n ml'],
  ['-n ml expose 8888 train', /the SKYCLUSTER comes first, and 8888 is a port$/, 'expose train 8888 -n ml'],
  ['expose -n ml -- -a', /expose needs at least one PORT of -a$/, 'expose SKYCLUSTER PORT -n ml'],
  ['expose 8888 -- -a', /the SKYCLUSTER comes first, and 8888 is a port$/, 'expose SKYCLUSTER 8888'],
  ['endpoints -- -a:80', /separate the name and the port with a space$/, 'endpoints SKYCLUSTER 80'],
  ['expose train', /expose needs at least one PORT of train$/, 'expose train PORT'],
  ['unexpose train --selector a=b', /unknown flag: --selector for/, 'unexpose --help=all'],
  ['endpoints -p 8888', /unknown shorthand flag: 'p' in -p for/, 'endpoints --port 8888', 'endpoints --help=all'],
  ['endpoints -p8888', /unknown shorthand flag: 'p' in -p8888 for/, 'endpoints --port=8888', 'endpoints --help=all'],
  ['endpoints -Ax', /unknown shorthand flag: 'x' in -Ax for/, 'endpoints --help=all'],
  ['--zzzzzz', /unknown flag: --zzzzzz$/, '--help'],
  ['endpoints -A 8888', /8888 is a port, and SKYCLUSTER comes first$/, 'endpoints --port 8888 -A'],
  ['expose train 8888 --auth', /flag needs an argument: --auth$/, 'expose train 8888 --auth basic'],
  ['endpoints -n', /flag needs an argument: -n$/, 'endpoints -n NAMESPACE'],
  ['endpoints -A=maybe', /-A=maybe is neither true nor false$/, 'endpoints -A', 'endpoints -A=false'],
  [
    'expose train 80 --auth-password-stdin=hunter22',
    /--auth-password-stdin with a value: no argument takes a password$/,
  ],
  ['expose train 80 --auth-password=hunter22', /--auth-password with a value: no argument takes a password$/],
  ['expose train 80 --password hunter22', /--password with a value: no argument takes a password$/],
  ['doctor train -o tabel', /"tabel" is not a valid value of -o, /, 'doctor train -o table'],
  ['doctor train --fail-on=warnin', /"warnin" is not a valid value of --fail-on, /, 'doctor train --fail-on=warning'],
  [
    'expose train 80 --scheme interal',
    /"interal" is not a valid value of --scheme, /,
    'expose train 80 --scheme internal',
  ],
  [
    'expose train 80 --external-traffic-policy=local',
    /"local" is not a valid value of --external-traffic-policy, /,
    'expose train 80 --external-traffic-policy=Local',
  ],
  ['help exit-code', /no help for "exit-code"$/, 'help exit-codes'],
  ['completion tcsh', /completion for "tcsh" is not known; it takes one of kubectl, bash, zsh, fish, powershell$/],
  ['completion bsh', /completion for "bsh" is not known; it takes one of /, 'completion bash'],
];
for (const [line, fact, ...commands] of mistakes) {
  test(`${line}`, async (t) => {
    const { code, stdout, stderr } = await run(line);
    t.deepEqual([code, stdout], [2, '']);
    const [first, ...rest] = stderr.trimEnd().split('\n');
    t.regex(first!, fact);
    const suggested = rest.filter((each) => each.startsWith('    '));
    t.deepEqual(
      suggested,
      commands.map((each) => `    kubectl skyports ${each}`),
    );
    for (const each of suggested) t.regex(rest[rest.indexOf(each) - 1]!, /(^|[;?] )try:$|^this [a-z]+s .*:$/);
  });
}

test('-A of unexpose names neither --namespace nor a value', async (t) => {
  const { stderr } = await run('unexpose train -A -y');
  t.regex(stderr, /^error: unknown flag: --all-namespaces for .*\n.*try:\n {4}kubectl skyports unexpose train\n$/);
});

test('a letter of another command is said to be one', async (t) => {
  const { stderr } = await run('expose train 8888 -A');
  t.regex(stderr, /^--all-namespaces is a flag of endpoints, doctor, prune$/m);
  t.notRegex(stderr, /did you mean/);
});

test('a flag of another command is said to be one', async (t) => {
  t.regex((await run('unexpose train --selector a=b')).stderr, /^--selector is a flag of endpoints$/m);
});

test('a port is no negative number', async (t) => {
  t.is(
    (await run('expose train -1')).stderr,
    `error: unknown shorthand flag: '1' in -1 for "kubectl skyports expose"\na port is a number from 1 to 65535\n`,
  );
});

test('a password in the arguments is not repeated', async (t) => {
  for (const flag of ['--auth-password-stdin=hunter22', '--auth-password=hunter22', '--password hunter22']) {
    t.notRegex((await run(`expose train 80 ${flag}`)).stderr, /hunter22/);
  }
});

test('a token is not repeated', async (t) => {
  const { stderr } = await run('endpoints --token secret --prot 8888');
  t.notRegex(stderr, /secret/);
  t.regex(stderr, /^did you mean --port\?$/m);
});

for (const alias of ['ls', 'ep']) {
  test(`${alias} is endpoints, in help and completion, too`, async (t) => {
    const { stdout } = await run('endpoints --help');
    t.is((await run(`${alias} --help`)).stdout, stdout);
    t.is((await run(`help ${alias}`)).stdout, stdout);
    t.regex(stdout, /^Aliases:\n {2}endpoints, ls, ep$/m);
    t.regex((await run('__complete ')).stdout, new RegExp(`^${alias}\tShort for endpoints$`, 'm'));
    t.regex((await run(`__complete ${alias} --mode `)).stdout, /^loadbalancer$/m);
    t.regex((await run(alias)).stderr, /no kubeconfig: \/nowhere\/config/);
  });
}
