import type { Identity } from './credentials.ts';

/** The credential among these that has run out, and when; undefined when none says so of itself. */
export async function whatExpired(identity: Identity): Promise<{ what: string; at: Date } | undefined> {
  const { cert } = identity.tls;
  if (cert) {
    const { X509Certificate } = await import('node:crypto');
    const at = new X509Certificate(cert as Buffer).validToDate;
    if (at < new Date()) return { what: 'client certificate', at };
  }
  const at = tokenEnd(String(identity.headers.Authorization ?? ''));
  return at && at < new Date() ? { what: 'token', at } : undefined;
}

/** `exp` of a JSON Web Token (RFC 7519): service accounts, OIDC, most clouds. Other tokens say nothing. */
function tokenEnd(authorization: string): Date | undefined {
  const [, payload] = /^Bearer [\w-]+\.([\w-]+)\.[\w-]*$/.exec(authorization) ?? [];
  if (!payload) return undefined;
  try {
    const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof exp === 'number' ? new Date(exp * 1000) : undefined;
  } catch {
    return undefined;
  }
}
