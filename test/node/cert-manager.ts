import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { goPrograms } from '../helpers/go-program.ts';
import { applyObjects, type KubernetesObject } from './apply.ts';
import { kubectl } from './control-plane.ts';
import { files } from './layout.ts';
import { moduleFolder } from './modules.ts';
import { onNode, startDaemon, stopDaemon } from './processes.ts';
import type { NodePrograms } from './programs.ts';

const module = 'github.com/cert-manager/cert-manager';
const daemon = 'cert-manager';

/** Where the Secrets of ClusterIssuers are. */
export const certManagerNamespace = 'cert-manager';

/** The name of the controller that approves every request; an administrator may replace it by a policy. */
export const approver = 'certificaterequests-approver';

/**
 * Starts cert-manager's controllers as a process in the node's network, with upstream's CRDs. Its webhook and its
 * cainjector are not there: a CA needs neither.
 *
 * @param without controllers that are left out
 */
export async function startCertManager(
  programs: Pick<NodePrograms, 'kubectl'>,
  say: (what: string) => void,
  ...without: readonly string[]
): Promise<void> {
  const program = await certManagerProgram(say);
  const folder = join(await moduleFolder('cert-manager', module), 'deploy/crds');
  const crds = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => parseAllDocuments(readFileSync(join(folder, name), 'utf8')))
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object?.kind === 'CustomResourceDefinition');
  await applyObjects(programs, [
    ...crds,
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: certManagerNamespace } },
  ]);
  await kubectl(
    programs,
    ...['wait', '--for=condition=Established', '--timeout=30s'],
    ...crds.map(({ metadata }) => `crd/${metadata.name}`),
  );
  await stopDaemon(daemon);
  startDaemon(daemon, onNode, program, files.kubeconfig('admin'), certManagerNamespace, ...without);
}

/** Ends its controllers, and removes its kinds with all of their objects. */
export async function removeCertManager(programs: Pick<NodePrograms, 'kubectl'>): Promise<void> {
  const crds = await kubectl(programs, 'get', 'crd', '-o', 'name');
  const own = crds.split('\n').filter((name) => name.endsWith('cert-manager.io'));
  // Its controllers remove the finalizers of Challenges, so they end last.
  if (own.length > 0) await kubectl(programs, 'delete', ...own, '--timeout=60s');
  await stopDaemon(daemon);
  await kubectl(programs, 'delete', 'namespace', certManagerNamespace, '--ignore-not-found', '--wait=false');
}

/** The program's path, in the cache. */
async function certManagerProgram(say: (what: string) => void): Promise<string> {
  const program = { module: join(import.meta.dirname, 'cert-manager'), packages: { 'cert-manager': '.' } };
  const folder = await goPrograms(program, () => say('building cert-manager (once; it can take minutes)'));
  return join(folder, 'cert-manager');
}
