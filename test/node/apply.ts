import { execFile } from 'node:child_process';
import { kubectl } from './control-plane.ts';
import { files } from './layout.ts';
import { onNode } from './processes.ts';
import type { NodePrograms } from './programs.ts';

/** Any object, as upstream's manifests have them. */
// biome-ignore lint/suspicious/noExplicitAny: objects of every kind
export type KubernetesObject = any;

/** Applies objects on the server's side, as the node's administrator. @throws Error with kubectl's words */
export function applyObjects(
  programs: Pick<NodePrograms, 'kubectl'>,
  objects: readonly KubernetesObject[],
  ...flags: readonly string[]
): Promise<void> {
  const command = [...onNode, programs.kubectl, '--kubeconfig', files.kubeconfig('admin')];
  const args = ['apply', '--server-side', '--force-conflicts', ...flags, '-f', '-'];
  return new Promise((resolve, reject) => {
    const child = execFile(command[0]!, [...command.slice(1), ...args], (error, _stdout, stderr) => {
      if (error) reject(new Error(stderr.trim() || error.message));
      else resolve();
    });
    child.stdin!.end(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  });
}

/** Upstream's probes wait ten seconds before the first look. */
export function probeSoon(object: KubernetesObject): void {
  for (const container of object?.spec?.template?.spec?.containers ?? []) {
    if (container.readinessProbe) Object.assign(container.readinessProbe, { initialDelaySeconds: 0, periodSeconds: 1 });
  }
}

/** Waits until a Deployment or DaemonSet has all of its Pods ready. */
export async function untilRolledOut(programs: NodePrograms, namespace: string, workload: string): Promise<void> {
  await kubectl(programs, 'rollout', 'status', workload, '-n', namespace, '--timeout=90s');
}
