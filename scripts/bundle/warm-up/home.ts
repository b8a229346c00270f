import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiServer } from './api-server.ts';

/** Puts a kubeconfig for `server` into the folder, and returns the environment of somebody who lives there. */
export function prepareHome(folder: string, server: ApiServer): Record<string, string> {
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(
    kubeconfig,
    `apiVersion: v1
kind: Config
current-context: warm-up
clusters:
- name: warm-up
  cluster:
    server: ${server.url}
    certificate-authority-data: ${Buffer.from(server.authority).toString('base64')}
contexts:
- name: warm-up
  context:
    cluster: warm-up
    namespace: default
    user: warm-up
users:
- name: warm-up
  user:
    token: warm-up
`,
  );
  return { HOME: folder, USERPROFILE: folder, KUBECONFIG: kubeconfig, PATH: process.env.PATH ?? '' };
}
