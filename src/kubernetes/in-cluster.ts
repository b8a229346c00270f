import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { part } from '../errors/cure.ts';
import type { System } from '../system.ts';
import type { Choice, ConnectionFlags } from './overrides.ts';
import type { Target } from './target.ts';

const serviceAccount = 'var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The API server of the cluster whose Pod we run in, as its service account; undefined outside a Pod
 * (client-go `rest.InClusterConfig`). Flags about the user apply; kubectl itself forgets the Pod when `--as` or
 * `--request-timeout` is given and asks localhost:8080.
 */
export function inClusterTarget(
  choice: Choice,
  flags: ConnectionFlags,
  system: System,
  mountRoot: string,
): Target | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port, POD_NAMESPACE } = system.env;
  const folder = join(mountRoot, serviceAccount);
  const tokenFile = join(folder, 'token');
  if (!host || !port || !existsSync(tokenFile)) return undefined;
  const authority = join(folder, 'ca.crt');
  const { cluster, user } = choice;
  const ownAuthority = cluster.certificateAuthority || cluster.insecureSkipTlsVerify;
  return {
    ...choice,
    contextName: '',
    userName: 'service account',
    namespace: choice.namespace || POD_NAMESPACE || textOf(join(folder, 'namespace')) || 'default',
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    cluster: ownAuthority || !existsSync(authority) ? cluster : { ...cluster, certificateAuthority: authority },
    user: flags.token ? user : { ...user, tokenFile },
    origin: 'the service account of this Pod',
    who: 'the service account of this Pod',
    kubectlFlags: part``,
  };
}

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
}
