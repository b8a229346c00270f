import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { issueCertificate } from './certificates.ts';
import { authoritySubject } from './cluster-files.ts';
import { cluster } from './current-cluster.ts';

/** PEM files. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly key: string;
}

/**
 * Makes a certificate that the API server takes for `userName` and its groups.
 * With `system:masters` among the groups it may do everything, else nothing until a binding names it.
 */
export function newClientCertificate(
  userName: string,
  options: { groups?: readonly string[]; validUntil?: Date } = {},
): ClientCertificate {
  const { certificateAuthority, certificateAuthorityKey, temporaryFolder } = cluster();
  const authority = {
    certificate: readFileSync(certificateAuthority, 'utf8'),
    privateKey: readFileSync(certificateAuthorityKey, 'utf8'),
  };
  const { groups = [], validUntil } = options;
  const subject = { commonName: userName, organizations: groups, ...(validUntil && { validUntil }) };
  const issued = issueCertificate(authority, authoritySubject, subject);
  const name = join(temporaryFolder, `client-${randomBytes(4).toString('hex')}`);
  writeFileSync(`${name}.crt`, issued.certificate);
  writeFileSync(`${name}.key`, issued.privateKey, { mode: 0o600 });
  return { certificate: `${name}.crt`, key: `${name}.key` };
}
