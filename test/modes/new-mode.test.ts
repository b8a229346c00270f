import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import { indexSnapshot } from '../../src/exposure/snapshot-index.ts';
import { lookAt } from '../helpers/look.ts';
import { skyNames, skyPod } from '../helpers/skypilot-objects.ts';

const root = resolve(import.meta.dirname, '../..');
const project = mkdtempSync(join(tmpdir(), 'skyports-new-mode-'));
test.after.always(() => rmSync(project, { recursive: true, force: true }));

const names = join(project, 'src/exposure/port-mode-names.ts');
const record = join(project, 'src/modes/all-modes.ts');

/** A mode that lists nothing and refuses to write. */
const stub = `
const gateway: WrittenPortMode = {
  name: 'gateway',
  aliases: [],
  serviceType: undefined,
  topics: ['services'],
  hops: ['address', 'controller', 'app'],
  recordsPorts: true,
  calledFrom: 'anywhere',
  answeredBy: 'controller',
  firewallAdvice: undefined,
  skyPilotPorts: undefined,
  flags: [],
  refusedFlags: {},
  mostPorts: 7,
  needsNodes: false,
  takesLoadBalancer: false,
  note: undefined,
  limitAdvice: 'gateway advice',
  list: () => [],
  possible: () => ({ possible: 'cannot tell', reason: 'gateway is a stub' }),
  plan: () => ({ writes: [], removals: [], warnings: ['gateway planned it'] }),
  close: () => ({ writes: [], removals: [], closed: [4711] }),
};
`;

test.before(() => {
  for (const each of ['src', 'tsconfig.json', 'package.json']) {
    cpSync(join(root, each), join(project, each), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
  edit(names, (text) => text.replaceAll("'nodeport'", "'nodeport', 'gateway'"));
});

function edit(file: string, change: (text: string) => string): void {
  const before = readFileSync(file, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`nothing to change in ${file}`);
  writeFileSync(file, after);
}

/** The files in which the compiler finds errors. */
function filesWithErrors(): Promise<string[]> {
  writeFileSync(
    join(project, 'tsconfig.json'),
    readFileSync(join(root, 'tsconfig.json'), 'utf8').replace('["src", "test", "scripts"]', '["src"]'),
  );
  return new Promise((done) => {
    execFile(join(root, 'node_modules/.bin/tsc'), ['--noEmit', '-p', project], { cwd: project }, (_error, stdout) => {
      done([...new Set([...stdout.matchAll(/^(\S+?)\(\d+,\d+\): error/gm)].map(([, file]) => file!))]);
    });
  });
}

test.serial('the compiler asks for the record of a new mode, and for nothing else', async (t) => {
  t.deepEqual(await filesWithErrors(), ['src/modes/all-modes.ts']);
  edit(record, (text) => `${text.replace('  nodeport,\n', '  nodeport,\n  gateway,\n')}`);
  edit(record, (text) => text.replace('/** Every port mode', `${stub}\n/** Every port mode`));
  t.deepEqual(await filesWithErrors(), []);
});

test.serial('no command takes the new mode for another one', async (t) => {
  const load = <T>(file: string): Promise<T> => import(pathToFileURL(join(project, 'src', file)).href) as Promise<T>;
  const { planExpose } = await load<typeof import('../../src/modes/plan-expose.ts')>('modes/plan-expose.ts');
  const { planUnexpose } = await load<typeof import('../../src/modes/plan-unexpose.ts')>('modes/plan-unexpose.ts');
  const { possibleModes } = await load<typeof import('../../src/doctor/possible-modes.ts')>('doctor/possible-modes.ts');
  const { allChecks } = await load<typeof import('../../src/doctor/all-checks.ts')>('doctor/all-checks.ts');
  const { refuseDangerousPorts } =
    await load<typeof import('../../src/modes/check-request.ts')>('modes/check-request.ts');
  const gateway = 'gateway' as 'nodeport';
  const view = indexSnapshot(lookAt([skyPod(skyNames('default', 'train'))]));
  const [skyCluster] = view.skyClusters;
  const request = {
    ...{
      skyCluster: skyCluster!,
      mode: gateway,
      annotations: { set: {}, remove: [] },
      labels: { set: {}, remove: [] },
    },
    ports: [{ servicePort: 8888, targetPort: 8888 }],
    ...{ allNodes: undefined, loadBalancerClass: undefined, sourceRanges: undefined, ingressClass: undefined },
    ...{
      path: undefined,
      rewrite: undefined,
      host: undefined,
      tlsSecret: undefined,
      force: false,
      allowReserved: false,
      besideSkyPilot: false,
    },
  };
  const plan = planExpose(view, request);
  t.deepEqual(plan.writes, []);
  t.true(plan.warnings.includes('gateway planned it'));
  t.deepEqual(planUnexpose(view, { skyCluster: skyCluster!, ports: [4711], mode: gateway }).warnings, []);
  const possible = possibleModes(allChecks, view.snapshot).find(({ mode }) => mode === gateway);
  t.regex(`${possible?.possible} ${possible?.reason}`, /^cannot tell /);
  const ports = Array.from({ length: 8 }, (_, i) => ({ servicePort: 9000 + i, targetPort: 9000 + i }));
  t.throws(() => refuseDangerousPorts({ ...request, ports }), { message: /more than the 7 .* in gateway mode/ });
});

test.serial('every command offers the new mode by its name', async (t) => {
  const run = (...args: string[]) =>
    new Promise<string>((done) => {
      const argv = [join(project, 'src/main.ts'), ...args];
      const env = { ...process.env, KUBECONFIG: '/dev/null' };
      execFile(process.execPath, argv, { env }, (_error, stdout, stderr) => done(stdout + stderr));
    });
  t.regex(await run('expose', 'train', '8888', '--mode', 'gatewy'), /did you mean --mode gateway\?/);
  t.regex(await run('unexpose', 'train', '--mode', 'gatewy'), /did you mean --mode gateway\?/);
  t.regex(await run('expose', '--help'), /gateway/);
  t.regex(
    await run('expose', 'train', '8888', '--mode', 'gateway', '--path', '/a'),
    /--path belongs to ingress mode, and this is gateway mode/,
  );
});
