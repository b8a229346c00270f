// npm run demo [-- --keep]: builds the executable, starts a real API server, creates SkyPilot clusters on it as SkyPilot
// would, and shows the commands with their real output. With `--keep`, the server keeps running, so that a user can try
// commands.
import { spawn } from 'node:child_process';
import { delimiter, dirname, resolve } from 'node:path';
import { findPrograms } from '../test/cluster/binaries.ts';
import { clusterVariable } from '../test/cluster/cluster-description.ts';
import { Interruption } from '../test/cluster/interruption.ts';
import { whenEnded } from '../test/cluster/processes.ts';
import { startCluster } from '../test/cluster/start.ts';
import { programsWithoutControllers } from '../test/cluster/versions.ts';
import { kubectl } from '../test/helpers/cluster.ts';
import { playControllers } from './demo/controllers.ts';
import { type Stop, tour } from './demo/tour.ts';
import { makeWorld, namespace } from './demo/world.ts';

const root = resolve(import.meta.dirname, '..');
const say = (text: string) => process.stdout.write(`${text}\n`);

new Interruption();
try {
  process.exitCode = await demo(process.argv.includes('--keep'));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}

async function demo(keep: boolean): Promise<number> {
  say('Building the executable and starting a Kubernetes API server...');
  const programs = findPrograms({ names: programsWithoutControllers });
  const [cluster] = await Promise.all([programs.then(startCluster), build()]);
  process.env[clusterVariable] = cluster.descriptionFile;
  const { server, adminKubeconfig, kubectl: kubectlFile } = cluster.description;
  say(
    `An API server runs at ${server}. On it: SkyPilot clusters in namespace ${namespace}, ingress-nginx's Service, no real load balancer.`,
  );
  const controllers = new AbortController();
  const played = playControllers(controllers.signal);
  await makeWorld();
  await kubectl(['config', 'set-context', '--current', '--namespace', namespace]);
  const path = [resolve(root, 'dist'), dirname(kubectlFile), process.env.PATH ?? ''].join(delimiter);
  const environment = {
    ...process.env,
    PATH: path,
    KUBECONFIG: adminKubeconfig,
    NO_COLOR: '1',
    SKYPORTS_PROBE: 'false',
  };
  let wrong = 0;
  for (const stop of tour) if (!(await show(stop, environment))) wrong++;
  if (wrong > 0) say(`\n${wrong} of ${tour.length} commands did not end as they should.`);
  if (keep) {
    say(
      `\nIt goes on until you press Ctrl-C. In another terminal:\n\nexport KUBECONFIG=${adminKubeconfig}\nexport PATH=${path.split(delimiter).slice(0, 2).join(delimiter)}:$PATH`,
    );
    await cluster.failed;
  }
  controllers.abort();
  await played;
  await cluster.stop();
  return wrong === 0 ? 0 : 1;
}

async function build(): Promise<void> {
  const script = resolve(root, 'scripts/build.ts');
  const end = await whenEnded(spawn(process.execPath, [script], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] }));
  if (end !== 'with exit code 0') throw new Error(`The executable could not be built: npm run build ended ${end}.`);
}

/** Runs one command in a shell, as a user would. Its output goes directly to the terminal. */
async function show({ says, command, code = 0, meanwhile }: Stop, environment: NodeJS.ProcessEnv): Promise<boolean> {
  say(`${says === '' ? '' : `\n# ${says}`}\n$ ${command}`);
  const ended = new Promise<number | null>((done) => {
    const child = spawn(command, { shell: true, cwd: root, env: environment, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('exit', done);
  });
  const [exitCode] = await Promise.all([ended, meanwhile?.()]);
  if (exitCode !== 0) say(`(exit code ${exitCode})`);
  return exitCode === code;
}
