/** The scheme of a URL: `http` or `https`; null for protocols that have no URL. */
export type Scheme = 'http' | 'https' | null;

/** The fields of a Service port that determine its scheme. */
export interface SchemeHints {
  readonly port: number;
  readonly protocol?: string | undefined;
  /** `spec.ports[].appProtocol` of a Service. */
  readonly appProtocol?: string | undefined;
  readonly name?: string | undefined;
}

/**
 * The scheme of a port: https for 443 and 8443, and for a port with https in its `appProtocol` or name; null for UDP
 * and SCTP; otherwise http.
 */
export function schemeOf({ port, protocol = 'TCP', appProtocol = '', name = '' }: SchemeHints): Scheme {
  if (protocol !== 'TCP') return null;
  const saysHttps = /(^|[-./])https($|[-./])/i;
  if (port === 443 || port === 8443 || saysHttps.test(appProtocol) || saysHttps.test(name)) return 'https';
  return 'http';
}

/** The text `address:port`, with brackets around an IPv6 address. */
export function hostAndPort(address: string, port: number): string {
  return `${bracketed(address)}:${port}`;
}

/** A URL; the port is left out if the scheme implies it. */
export function urlOf(scheme: Scheme, address: string, port: number, path = ''): string | null {
  if (!scheme) return null;
  const implied = (scheme === 'http' && port === 80) || (scheme === 'https' && port === 443);
  return `${scheme}://${implied ? bracketed(address) : hostAndPort(address, port)}${path}`;
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
