import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthority } from '../../../test/cluster/certificates.ts';

/** Writes a kubeconfig into the folder, and returns the environment of a user with this home directory. */
export function prepareHome(folder: string): Record<string, string> {
  const kubeconfig = join(folder, 'kubeconfig');
  const authority = Buffer.from(createAuthority('warm-up').certificate).toString('base64');
  writeFileSync(
    kubeconfig,
    `apiVersion: v1
kind: Config
current-context: warm-up
clusters:
- name: warm-up
  cluster:
    server: https://127.0.0.1:6443
    certificate-authority-data: ${authority}
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
  return { HOME: folder, USERPROFILE: folder, KUBECONFIG: kubeconfig };
}
