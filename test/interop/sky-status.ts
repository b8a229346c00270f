// node test/interop/sky-status.ts EXECUTABLE ROUNDS: SkyPilot's own command line and ours, on the same SkyPilot clusters of a
// cluster of this process's own; prints a SkyStatus as JSON. Run by run-sky-status.ts, where no network is.

import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findPrograms } from '../cluster/binaries.ts';
import { clusterVariable } from '../cluster/cluster-description.ts';
import { startCluster } from '../cluster/start.ts';
import { admin, create, type Json } from '../helpers/cluster.ts';
import { ingressNginxService } from '../helpers/skypilot-objects.ts';
import { make } from '../helpers/world.ts';
import type { SkyStatus, StatusRun } from './run-sky-status.ts';
import { installSkyPilot } from './skypilot.ts';

const [executable, rounds] = [process.argv[2]!, Number(process.argv[3])];
const port = 8888;
const address = '203.0.113.80';

const running = await startCluster(await findPrograms());
process.env[clusterVariable] = running.descriptionFile;
const { adminKubeconfig, kubectl, temporaryFolder } = running.description;
const python = await installSkyPilot();
const home = join(temporaryFolder, 'sky-home');
const env = {
  HOME: home,
  KUBECONFIG: adminKubeconfig,
  SKYPILOT_DISABLE_USAGE_COLLECTION: '1',
  PATH: [standIns(), dirname(kubectl), dirname(python), process.env.PATH].join(delimiter),
};

/** What SkyPilot asks for where no kubelet is: that port-forwarding could work, and whom it would log in as. */
function standIns(): string {
  const folder = join(home, 'bin');
  mkdirSync(folder, { recursive: true });
  const scripts = {
    nc: 'exit 0',
    socat: 'exit 0',
    rsync: 'exit 0',
    kubectl: `case "$*" in *exec*whoami*) echo "SKYPILOT_SSH_USER: sky" ;; *) exec ${kubectl} "$@" ;; esac`,
  };
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

const cli = 'import sys; sys.argv[0] = "sky"; from sky.client.cli.command import cli; cli()';

/** A program's answer and its wall time. */
async function timed(file: string, args: readonly string[]): Promise<StatusRun> {
  const started = performance.now();
  const { code, stdout } = await promisify(execFile)(file, args, { env }).then(
    (done) => ({ code: 0, stdout: done.stdout }),
    (error) => ({ code: Number(error.code), stdout: String(error.stdout) }),
  );
  return { code, stdout, ms: performance.now() - started };
}

/** A step that has to succeed. */
function done(args: readonly string[]): void {
  const { status, stderr, stdout } = spawnSync(python, args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stdout}${stderr}`);
}

await create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'sky-node' } });
const capacity = { cpu: '8', memory: '32Gi', pods: '110' };
const conditions = [{ type: 'Ready', status: 'True' }];
await admin('PATCH', '/api/v1/nodes/sky-node/status', { status: { capacity, allocatable: capacity, conditions } });
await create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ingress-nginx' } });
await create({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'nginx' },
  spec: { controller: 'k8s.io/ingress-nginx' },
});
await make(ingressNginxService({ type: 'LoadBalancer' }));

const modes = ['loadbalancer', 'ingress', 'podip'] as const;
for (const mode of modes) {
  mkdirSync(join(home, '.sky'), { recursive: true });
  writeFileSync(join(home, '.sky/config.yaml'), `kubernetes:\n  ports: ${mode}\n`);
  done([join(import.meta.dirname, 'sky-cluster.py'), mode, String(port), 'skyports-test']);
}
const { items }: Json = await admin('GET', '/api/v1/services');
for (const { metadata, spec } of items as Json[]) {
  if (spec.type !== 'LoadBalancer') continue;
  const status = { loadBalancer: { ingress: [{ ip: address }] } };
  await admin('PATCH', `/api/v1/namespaces/${metadata.namespace}/services/${metadata.name}/status`, { status });
}
done(['-c', cli, 'api', 'start']);
const answers: SkyStatus[] = [];
for (const mode of modes) {
  const theirs = ['-c', cli, 'status', '--endpoints', mode];
  const ours = ['endpoints', mode, '--mode', mode, '--port', String(port), '-o', 'sky'];
  // The first answer of SkyPilot's server takes several times as long.
  await timed(python, theirs);
  const pairs: [StatusRun, StatusRun][] = [];
  for (let round = 0; round < rounds; round++) pairs.push([await timed(python, theirs), await timed(executable, ours)]);
  answers.push({ mode, skyPilot: pairs.map(([each]) => each), skyports: pairs.map(([, each]) => each) });
}
done(['-c', cli, 'api', 'stop']);
process.stdout.write(JSON.stringify(answers));
await running.stop();
process.exit(0);
