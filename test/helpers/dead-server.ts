import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cluster } from './cluster.ts';

/** A kubeconfig whose context `dead` leads to a port of this machine where nothing listens. @returns its path */
export function deadServerKubeconfig(): string {
  const kubeconfig = join(cluster().temporaryFolder, `dead-${process.pid}.kubeconfig`);
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      'current-context': 'dead',
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1', 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'u', user: { token: 'x' } }],
      contexts: [{ name: 'dead', context: { cluster: 'c', user: 'u' } }],
    }),
  );
  return kubeconfig;
}
