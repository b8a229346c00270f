import { isIP, type Socket } from 'node:net';
import type { DetailedPeerCertificate, PeerCertificate, TLSSocket } from 'node:tls';
import type { CertificateAnswer } from '../snapshot/probe.ts';
import type { Deadline } from './deadline.ts';

/** The result of a TLS handshake. */
export interface Shaken {
  readonly answer: CertificateAnswer;
  /**
   * The socket; undefined if the handshake failed. With an untrusted certificate, the handshake has not failed, because
   * the app may still answer.
   */
  readonly socket: TLSSocket | undefined;
}

/**
 * Makes a TLS handshake on an open connection.
 *
 * @param authorities trusted certificate authorities as PEM; undefined for those that Node and this machine trust
 */
export async function shakeHands(
  socket: Socket,
  host: string,
  authorities: readonly string[] | undefined,
  deadline: Deadline,
): Promise<Shaken> {
  const { connect, getCACertificates } = await import('node:tls');
  // Node's default list is empty here (kubernetes/transport/tls-options.ts).
  const ca = authorities ?? (['bundled', 'extra', 'system'] as const).flatMap((type) => getCACertificates(type));
  const secure = connect({
    socket,
    host,
    ca: [...ca],
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 && { servername: host }),
  });
  const ended = new Promise<string>((resolve) => {
    secure.once('secureConnect', () => resolve(''));
    secure.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'ERR_SSL'));
    secure.once('close', () => resolve('ECONNRESET'));
  });
  const code = await deadline.within(ended, 'ETIMEDOUT');
  if (code !== '') {
    secure.destroy();
    return { answer: { trusted: false, code, subject: '', issuer: '', validTo: '', names: [] }, socket: undefined };
  }
  return { answer: answerOf(secure), socket: secure };
}

function answerOf(secure: TLSSocket): CertificateAnswer {
  const certificate = secure.getPeerCertificate(true) as Partial<DetailedPeerCertificate>;
  const { authorizationError } = secure;
  const code = authorizationError ? codeOf(authorizationError) : '';
  const commonName = (name: PeerCertificate['subject'] | undefined) => [name?.CN ?? name?.O ?? ''].flat()[0] ?? '';
  return {
    trusted: secure.authorized,
    code,
    subject: commonName(certificate.subject),
    issuer: commonName(certificate.issuer),
    validTo: timeOf(certificate.valid_to),
    ...(certificate.valid_from && { validFrom: timeOf(certificate.valid_from) }),
    ...(isIncomplete(certificate, code) && { lacksIntermediate: true }),
    names: (certificate.subjectaltname ?? '')
      .split(', ')
      .flatMap((entry) => entry.match(/^(?:DNS|IP Address):(.+)$/)?.[1] ?? []),
  };
}

function timeOf(text: string | undefined): string {
  return text ? new Date(text).toISOString() : '';
}

/**
 * Whether the server left out an intermediate certificate. Public authorities write into each certificate where the
 * next one of the chain can be downloaded (RFC 5280, section 4.2.2.1). The authority of a company usually does not.
 */
function isIncomplete(certificate: Partial<DetailedPeerCertificate>, code: string): boolean {
  if (!/^UNABLE_TO_(?:VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(?:_LOCALLY)?)$/.test(code)) return false;
  let last = certificate;
  while (last.issuerCertificate && last.issuerCertificate !== last) last = last.issuerCertificate;
  return Object.keys(last.infoAccess ?? {}).some((key) => key.startsWith('CA Issuers'));
}

/**
 * For most faults, Node reports OpenSSL's code as a string. If the name does not match the certificate, Node reports an
 * Error.
 */
function codeOf(error: Error | string): string {
  return typeof error === 'string' ? error : ((error as NodeJS.ErrnoException).code ?? error.message);
}
