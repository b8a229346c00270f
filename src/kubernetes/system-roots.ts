import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import type { System } from '../system.ts';

/** Where distributions keep their bundle (Go's crypto/x509 root_linux.go). */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * The authorities of this machine, PEM, as kubectl takes them when the kubeconfig names none. Node's own list lacks
 * what a company installs, and its reading of the system's (50 ms) is left to the systems that have no bundle.
 */
export function systemRoots(system: System): Buffer | string[] {
  const files = system.env.SSL_CERT_FILE ? [system.env.SSL_CERT_FILE] : system.platform === 'linux' ? bundles : [];
  for (const file of files) {
    try {
      return readFileSync(file);
    } catch {}
  }
  const roots = getCACertificates('system');
  return roots.length ? roots : getCACertificates('default');
}
