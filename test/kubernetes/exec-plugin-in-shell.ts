import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Connection, connect } from '../../src/kubernetes/api/connect.ts';
import { type CheckContext, kubeconfig } from './beside-kubectl.ts';
import { systemForTest } from './system-for-test.ts';

export const apiVersion = 'client.authentication.k8s.io/v1';

/** Writes a plugin in shell and a kubeconfig that uses it. The plugin counts its runs in the file `runs`. */
export function withPlugin(
  scene: CheckContext,
  script: string,
  more: { exec?: object; cluster?: object } = {},
): string {
  const plugin = scene.file('bin/plugin', `#!/bin/sh\necho run >> "${scene.folder}/runs"\n${script}\n`);
  chmodSync(plugin, 0o755);
  const exec = { command: './bin/plugin', apiVersion, interactiveMode: 'Never', ...more.exec };
  return scene.file('config', kubeconfig(scene, { user: { exec }, ...(more.cluster && { cluster: more.cluster }) }));
}

export const printing = (status: object) =>
  `cat <<'END'\n${JSON.stringify({ apiVersion, kind: 'ExecCredential', status })}\nEND`;
export const token = (text: string, more: object = {}) => printing({ token: text, ...more });
export const runs = (scene: CheckContext) => readFileSync(join(scene.folder, 'runs'), 'utf8').split('\n').length - 1;

export async function connection(
  scene: CheckContext,
  kubeconfigFile: string,
  more: { now?: () => Date } = {},
): Promise<Connection & { written(): string }> {
  const system = systemForTest({ cwd: scene.folder, ...more });
  return { ...(await connect({ kubeconfig: kubeconfigFile }, system)), written: system.written };
}
