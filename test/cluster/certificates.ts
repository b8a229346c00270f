import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import * as der from './der.ts';

/** A certificate and its private key, both PEM; keys are P-256. */
export interface KeyAndCertificate {
  readonly certificate: string;
  readonly privateKey: string;
}

/** Whom a certificate is for. */
export interface Subject {
  readonly commonName: string;
  /** Kubernetes reads these as the user's groups. */
  readonly organizations?: readonly string[];
  /** Host names and IPv4 addresses of a server. */
  readonly hosts?: readonly string[];
  /** Where the certificate of the issuer can be downloaded, as public authorities say it. */
  readonly issuerUrl?: string;
  /** Default: an hour ago. */
  readonly validFrom?: Date;
  /** Default: in a week. */
  readonly validUntil?: Date;
}

const hourMs = 3_600_000;
const ecdsaWithSha256 = der.sequence(der.objectIdentifier('1.2.840.10045.4.3.2'));

/** Makes a certificate authority that signs itself. */
export function createAuthority(commonName: string): KeyAndCertificate {
  const { privateKey, publicKey } = newKey();
  const extensions = [
    extension('2.5.29.19', der.sequence(der.yes()), 'critical'), // basicConstraints: CA
    extension('2.5.29.15', der.bits(Buffer.of(0b0000_0110), 1), 'critical'), // keyUsage: keyCertSign, cRLSign
    extension('2.5.29.14', der.octets(keyIdentifier(publicKey))),
  ];
  const subject = { commonName };
  return { certificate: certify(subject, publicKey, extensions, { subject, privateKey }), privateKey };
}

/** Makes a key and a certificate for `subject`, good for servers and clients, signed by an authority of ours. */
export function issueCertificate(authority: KeyAndCertificate, issuer: Subject, subject: Subject): KeyAndCertificate {
  const { privateKey, publicKey } = newKey();
  const authorityKey = createPublicKey(authority.certificate).export({ type: 'spki', format: 'der' });
  const extensions = [
    extension('2.5.29.15', der.bits(Buffer.of(0b1000_0000), 7), 'critical'), // keyUsage: digitalSignature
    extension(
      '2.5.29.37', // extKeyUsage: serverAuth, clientAuth
      der.sequence(der.objectIdentifier('1.3.6.1.5.5.7.3.1'), der.objectIdentifier('1.3.6.1.5.5.7.3.2')),
    ),
    extension('2.5.29.14', der.octets(keyIdentifier(publicKey))),
    extension('2.5.29.35', der.sequence(der.taggedBytes(0, keyIdentifier(authorityKey)))),
  ];
  if (subject.hosts?.length)
    extensions.push(extension('2.5.29.17', der.sequence(...subject.hosts.map(alternativeName))));
  if (subject.issuerUrl !== undefined) {
    const place = der.taggedBytes(6, Buffer.from(subject.issuerUrl));
    // authorityInfoAccess: caIssuers
    const access = der.sequence(der.sequence(der.objectIdentifier('1.3.6.1.5.5.7.48.2'), place));
    extensions.push(extension('1.3.6.1.5.5.7.1.1', access));
  }
  const signedBy = { subject: issuer, privateKey: authority.privateKey };
  return { certificate: certify(subject, publicKey, extensions, signedBy), privateKey };
}

function certify(
  subject: Subject,
  publicKey: Buffer,
  extensions: readonly Buffer[],
  signedBy: { subject: Subject; privateKey: string },
): string {
  const now = Date.now();
  const toBeSigned = der.sequence(
    der.tagged(0, der.integer(Buffer.of(2))),
    der.integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    ecdsaWithSha256,
    name(signedBy.subject),
    der.sequence(
      der.utcTime(subject.validFrom ?? new Date(now - hourMs)),
      der.utcTime(subject.validUntil ?? new Date(now + 7 * 24 * hourMs)),
    ),
    name(subject),
    publicKey,
    der.tagged(3, der.sequence(...extensions)),
  );
  const signature = sign('sha256', toBeSigned, createPrivateKey(signedBy.privateKey));
  return pem('CERTIFICATE', der.sequence(toBeSigned, ecdsaWithSha256, der.bits(signature)));
}

function newKey(): { privateKey: string; publicKey: Buffer } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
  };
}

function name(subject: Subject): Buffer {
  const part = (identifier: string, content: string) =>
    der.set(der.sequence(der.objectIdentifier(identifier), der.text(content)));
  const organizations = (subject.organizations ?? []).map((organization) => part('2.5.4.10', organization));
  return der.sequence(...organizations, part('2.5.4.3', subject.commonName));
}

function alternativeName(host: string): Buffer {
  return isIP(host) === 4
    ? der.taggedBytes(7, Buffer.from(host.split('.').map(Number)))
    : der.taggedBytes(2, Buffer.from(host));
}

function extension(identifier: string, content: Buffer, critical?: 'critical'): Buffer {
  return der.sequence(der.objectIdentifier(identifier), ...(critical ? [der.yes()] : []), der.octets(content));
}

function keyIdentifier(publicKey: Buffer): Buffer {
  return createHash('sha1').update(publicKey).digest();
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
