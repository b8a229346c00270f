import type { PeerCertificate } from 'node:tls';
import { advice, type Cure, command, cure, lastOperand } from '../../errors/cure.ts';
import { kubeconfigAgain } from '../kubeconfig/kubeconfig-errors.ts';
import type { Target } from '../kubeconfig/target.ts';

export type PeerCertificateReader = () => Promise<PeerCertificate | undefined>;

interface Reason {
  reason: string;
  cures?: readonly Cure[];
}

/**
 * Explains which certificate failed, and why. The text begins with Go's message. Undefined if the error is not about
 * TLS.
 */
export async function tlsFailure(
  error: NodeJS.ErrnoException,
  target: Target,
  peerCertificate: PeerCertificateReader,
): Promise<Reason | undefined> {
  const code = error.code ?? '';
  if (unknownAuthority.has(code)) return unknown(code, target, await peerCertificate());
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return outdated(code, target, await peerCertificate());
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return wrongName(error as { host?: string; cert?: PeerCertificate }, target);
  if (
    code === 'ERR_SSL_WRONG_VERSION_NUMBER' ||
    code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG' ||
    /wrong version number/.test(error.message)
  ) {
    return {
      reason: 'http: server gave HTTP response to HTTPS client',
      cures: [
        cure(
          command`kubectl version --server=${target.server.replace('https:', 'http:')} ${target.kubectlFlags}`,
          'shows whether it speaks plain HTTP; then its address begins with http://',
        ),
      ],
    };
  }
  if (code === 'INVALID_PURPOSE') {
    const reason = 'tls: failed to verify certificate: x509: certificate specifies an incompatible key usage';
    return { reason: `${reason}: it is not a server's certificate` };
  }
  const alert = /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13)_ALERT_(.+)$/.exec(code)?.[1];
  if (alert) return refused(alert, target);
  return code.startsWith('ERR_SSL_') ? { reason: `tls: ${error.message}` } : undefined;
}

const unknownAuthority = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'INVALID_CA',
]);

function unknown(code: string, target: Target, certificate: PeerCertificate | undefined): Reason {
  const { certificateAuthority, certificateAuthorityData } = target.cluster;
  const trusted = certificateAuthority
    ? certificateAuthority
    : certificateAuthorityData
      ? `the certificate-authority-data of cluster "${target.clusterName}"`
      : "this machine's list of authorities (the kubeconfig names none)";
  const selfSigned = code === 'DEPTH_ZERO_SELF_SIGNED_CERT' ? ', self-signed' : '';
  const whose = certificate ? `it shows ${describe(certificate)}${selfSigned}, not` : 'its certificate is not';
  return {
    reason: `tls: failed to verify certificate: x509: certificate signed by unknown authority: ${whose} signed by what is in ${trusted}`,
    cures: [
      ...kubeconfigAgain,
      cure(
        command`kubectl config set-cluster --certificate-authority=FILE --embed-certs=true ${target.kubectlFlags} ${lastOperand(target.clusterName || 'NAME')}`,
        `FILE stands for the certificate of the authority${target.clusterName ? '' : ', NAME for the cluster'}`,
      ),
    ],
  };
}

function outdated(code: string, target: Target, certificate: PeerCertificate | undefined): Reason {
  const reason = 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid';
  const from = certificate && new Date(certificate.valid_from);
  const until = certificate && new Date(certificate.valid_to);
  const now = new Date();
  if (code === 'CERT_HAS_EXPIRED' && until && until < now) {
    return { reason: `${reason}: ${describe(certificate)} expired on ${until.toISOString()}`, cures: renew };
  }
  if (code === 'CERT_NOT_YET_VALID' && from && from > now) {
    const clock = `this machine's clock says ${now.toISOString()}`;
    return {
      reason: `${reason}: ${describe(certificate)} is valid from ${from.toISOString()}, ${clock}`,
      cures: [advice("set this machine's clock right")],
    };
  }
  return {
    reason: `${reason}: the authority that signed ${certificate ? describe(certificate) : 'it'}, in ${target.origin}`,
    cures: renew,
  };
}

const renew = [
  advice("renew the server's certificate"),
  cure(command`kubeadm certs renew apiserver`, 'with kubeadm, on the control plane'),
];

function wrongName({ host = '', cert }: { host?: string; cert?: PeerCertificate }, target: Target): Reason {
  const names = (cert?.subjectaltname ?? '').split(', ').map((name) => name.replace(/^(DNS|IP Address):/, ''));
  const first = names.find((name) => name && !name.startsWith('*')) ?? 'NAME';
  return {
    reason: `tls: failed to verify certificate: x509: certificate is valid for ${names.join(', ') || 'no name'}, not ${host}`,
    cures: [
      target.clusterName
        ? cure(
            command`kubectl config set-cluster --tls-server-name=${first} ${target.kubectlFlags} ${lastOperand(target.clusterName)}`,
            'if this is the right server: expects that name from now on',
          )
        : advice(`add --tls-server-name ${first} if this is the right server`),
    ],
  };
}

/**
 * The error if the client certificate was rejected in the TLS handshake. This may be done by a gateway in front of the
 * API server. kube-apiserver itself usually answers 401 instead.
 */
function refused(alert: string, target: Target): Reason {
  const words = alertWords[alert] ?? alert.toLowerCase().replaceAll('_', ' ');
  return {
    reason: `remote error: tls: ${words}: the server does not take the client certificate of ${target.who}`,
    cures: kubeconfigAgain,
  };
}

const alertWords: Readonly<Record<string, string>> = {
  CERTIFICATE_EXPIRED: 'expired certificate',
  UNKNOWN_CA: 'unknown certificate authority',
  CERTIFICATE_UNKNOWN: 'unknown certificate',
};

function describe({ subject, issuer }: PeerCertificate): string {
  return `a certificate of "${nameIn(subject)}" by "${nameIn(issuer)}"`;
}

function nameIn(name: PeerCertificate['subject'] | undefined): string {
  const parts = (name ?? {}) as unknown as Record<string, string | string[] | undefined>;
  return [parts.CN ?? parts.O ?? parts.OU ?? '?'].flat().join(', ');
}
