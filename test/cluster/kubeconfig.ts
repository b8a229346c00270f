import { writeFileSync } from 'node:fs';

/** What a kubeconfig file for one user of one server says. */
export interface KubeconfigContent {
  /** `https://127.0.0.1:PORT` */
  readonly server: string;
  /** A PEM file. */
  readonly certificateAuthority: string;
  readonly token: string;
  /** The name of the context, and of the cluster and the user in it. */
  readonly context: string;
  /** The context's namespace; none: `default`. */
  readonly namespace?: string;
}

/** Writes a kubeconfig file (JSON, which is YAML too) that only its owner may read. */
export function writeKubeconfig(file: string, content: KubeconfigContent): void {
  const { server, certificateAuthority, token, context, namespace } = content;
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: context, cluster: { server, 'certificate-authority': certificateAuthority } }],
    users: [{ name: context, user: { token } }],
    contexts: [
      {
        name: context,
        context: { cluster: context, user: context, ...(namespace === undefined ? {} : { namespace }) },
      },
    ],
    'current-context': context,
  };
  writeFileSync(file, `${JSON.stringify(kubeconfig, undefined, 2)}\n`, { mode: 0o600 });
}
