import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthority, issueCertificate } from './certificates.ts';

/** The subject of the authority that signs the server's and all clients' certificates. */
export const authoritySubject = { commonName: 'kubectl-skyports test authority' };

/** The files that the servers read, all in one run's folder, and the tokens they accept. */
export interface ClusterFiles {
  readonly folder: string;
  /** PEM files. */
  readonly authorityCertificate: string;
  readonly authorityKey: string;
  readonly serverCertificate: string;
  readonly serverKey: string;
  readonly serviceAccountKey: string;
  readonly tokens: string;
  readonly auditPolicy: string;
  /** Written by the server: one JSON object a line. */
  readonly auditLog: string;
  readonly adminToken: string;
  readonly controllerManagerToken: string;
}

/**
 * One line a request: nothing when it arrives, one line when it is answered; a watch has a line when it starts
 * and one when it ends. What the servers do among themselves is left out.
 */
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'None', users: ['system:apiserver', 'system:kube-controller-manager'] },
    { level: 'None', users: ['system:anonymous'], nonResourceURLs: ['/readyz', '/livez', '/healthz'] },
    { level: 'Metadata' },
  ],
};

/** Writes certificates, keys, tokens and the audit policy into a run's folder. */
export function writeClusterFiles(folder: string): ClusterFiles {
  mkdirSync(folder, { recursive: true });
  const authority = createAuthority(authoritySubject.commonName);
  const hosts = ['127.0.0.1', 'localhost', 'kubernetes.default.svc'];
  const server = issueCertificate(authority, authoritySubject, { commonName: 'kube-apiserver', hosts });
  const serviceAccountKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const adminToken = randomBytes(16).toString('hex');
  const controllerManagerToken = randomBytes(16).toString('hex');
  const write = (name: string, content: string): string => {
    const file = join(folder, name);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  };
  return {
    folder,
    authorityCertificate: write('authority.crt', authority.certificate),
    authorityKey: write('authority.key', authority.privateKey),
    serverCertificate: write('server.crt', server.certificate),
    serverKey: write('server.key', server.privateKey),
    serviceAccountKey: write(
      'service-account.key',
      serviceAccountKey.export({ type: 'sec1', format: 'pem' }) as string,
    ),
    tokens: write(
      'tokens.csv',
      // The controller manager runs all its controllers as one user here, so it needs the rights of all of them.
      `${adminToken},admin,admin,"system:masters"\n${controllerManagerToken},system:kube-controller-manager,controller-manager,"system:masters"\n`,
    ),
    auditPolicy: write('audit-policy.json', JSON.stringify(auditPolicy)),
    auditLog: write('audit.log', ''),
    adminToken,
    controllerManagerToken,
  };
}
