import { readFileSync } from 'node:fs';
import { type ConnectionOptions, getCACertificates, type SecureContext } from 'node:tls';
import { type Cure, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { System } from '../../system.ts';
import type { Identity } from '../credentials/credentials.ts';
import type { Target } from '../kubeconfig/target.ts';

/**
 * The TLS options for a target and an identity.
 *
 * @throws UsageError if a certificate or key is not valid, or if the key does not belong to the certificate
 */
export async function tlsOptions(target: Target, identity: Identity, system: System): Promise<ConnectionOptions> {
  const { createSecureContext, setDefaultCACertificates } = await import('node:tls');
  // Every connection names its authorities. With an empty list, Node does not parse its own list of more than 100.
  setDefaultCACertificates([]);
  const { servername, rejectUnauthorized, ca, cert, key } = identity.tls;
  return {
    // Parse the certificates once for all handshakes.
    secureContext: await secureContext(),
    ...(servername && { servername }),
    ...(rejectUnauthorized === false && { rejectUnauthorized }),
  };

  async function secureContext(): Promise<SecureContext> {
    // Node accepts an invalid certificate authority without an error, and then trusts no certificate.
    if (ca && !String(ca).includes('-----BEGIN ')) {
      throw new UsageError(
        'invalid-certificate',
        `unable to load root certificates: unable to parse bytes as PEM block (certificate-authority of cluster "${target.clusterName}" of ${target.origin})`,
        [viewConfig(target)],
      );
    }
    // With an empty list, Node does not load its default authorities. They are not needed if nothing is verified.
    const authorities = rejectUnauthorized === false ? [] : (ca ?? systemRoots(system));
    try {
      return createSecureContext({ cert, key, ca: authorities } as object);
    } catch (error) {
      const reason = goReasons[(error as NodeJS.ErrnoException).code ?? ''] ?? (error as Error).message;
      const fact = `invalid client certificate of ${target.who}: ${reason}`;
      throw new UsageError('invalid-certificate', fact, [viewConfig(target)]);
    }
  }
}

function viewConfig({ kubectlFlags }: Target): Cure {
  return cure(command`kubectl config view --minify ${kubectlFlags}`, 'shows what the kubeconfig says about it');
}

/** For each error of Node, the message of Go's crypto/tls for the same problem. */
const goReasons: Readonly<Record<string, string>> = {
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'tls: private key does not match public key',
  ERR_OSSL_PEM_NO_START_LINE: 'tls: failed to find any PEM data in certificate input',
  ERR_OSSL_UNSUPPORTED: 'tls: failed to find any PEM data in key input',
};

/** The files with the certificate authorities of Linux distributions (Go's crypto/x509 root_linux.go). */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * The certificate authorities of this machine as PEM. Like kubectl, this plugin uses them if the kubeconfig names none,
 * because Node's built-in list lacks a company's own authorities. Node itself needs 50 ms to read the system's list. So
 * Node reads it only if none of the files above can be read.
 */
function systemRoots(system: System): Buffer | string[] {
  const files = system.env.SSL_CERT_FILE ? [system.env.SSL_CERT_FILE] : system.platform === 'linux' ? bundles : [];
  for (const file of files) {
    try {
      return readFileSync(file);
    } catch {}
  }
  const roots = getCACertificates('system');
  return roots.length ? roots : getCACertificates('bundled');
}
