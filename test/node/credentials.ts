import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthority, issueCertificate } from '../cluster/certificates.ts';
import { addresses, files, folder, nodeName } from './layout.ts';

const issuer = { commonName: 'kubectl-skyports-node' };

/** Users of the control plane's programs, with the groups that Kubernetes' own roles name. */
const users = {
  admin: { commonName: 'kubernetes-admin', organizations: ['system:masters'] },
  'kube-controller-manager': { commonName: 'system:kube-controller-manager' },
  'kube-scheduler': { commonName: 'system:kube-scheduler' },
  'kube-proxy': { commonName: 'system:kube-proxy' },
  kubelet: { commonName: `system:node:${nodeName}`, organizations: ['system:nodes'] },
} as const;

/** Makes the authority, the server's certificate, the key of service accounts, and a kubeconfig for each user. */
export function makeCredentials(): void {
  for (const name of ['pki', 'kubeconfig', 'log', 'pid']) mkdirSync(join(folder, name), { recursive: true });
  const authority = createAuthority(issuer.commonName);
  const write = (name: string, text: string) => writeFileSync(files.secret(name), text, { mode: 0o600 });
  write('ca.crt', authority.certificate);
  write('ca.key', authority.privateKey);
  const server = issueCertificate(authority, issuer, {
    commonName: 'kube-apiserver',
    hosts: ['kubernetes', 'kubernetes.default.svc', '10.96.0.1', '127.0.0.1', addresses.node],
  });
  write('apiserver.crt', server.certificate);
  write('apiserver.key', server.privateKey);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  write('service-accounts.key', privateKey.export({ type: 'sec1', format: 'pem' }).toString());
  write('service-accounts.pub', createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString());
  for (const [name, subject] of Object.entries(users)) {
    const { certificate, privateKey: key } = issueCertificate(authority, issuer, subject);
    write(`${name}.crt`, certificate);
    write(`${name}.key`, key);
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const kubeconfig = {
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'node' },
      contexts: [{ name: 'node', context: { cluster: 'node', user: name } }],
      clusters: [
        {
          name: 'node',
          cluster: {
            server: `https://${addresses.node}:6443`,
            'certificate-authority-data': base64(authority.certificate),
          },
        },
      ],
      users: [{ name, user: { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) } }],
    };
    writeFileSync(files.kubeconfig(name), `${JSON.stringify(kubeconfig)}\n`, { mode: 0o600 });
  }
}

/** A certificate of the node's authority for a server within it: an admission webhook, an app. */
export function serverCertificate(commonName: string, hosts: readonly string[]) {
  const authority = {
    certificate: readFileSync(files.secret('ca.crt'), 'utf8'),
    privateKey: readFileSync(files.secret('ca.key'), 'utf8'),
  };
  return { ...issueCertificate(authority, issuer, { commonName, hosts }), authority: authority.certificate };
}
