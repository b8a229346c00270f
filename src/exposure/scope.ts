import ipaddr from 'ipaddr.js';

/**
 * From where an address can be called: the internet, a private network, this machine, or inside the Kubernetes cluster.
 */
export type Scope = 'public' | 'private' | 'local' | 'cluster';

const privateRanges = new Set(['private', 'carrierGradeNat', 'uniqueLocal', 'linkLocal']);

/**
 * The scope of an address. The range of the address shows it. RFC 1918, 100.64/10, ULA and link-local are private.
 * Loopback and `localhost` are local. Any other host name has the scope null, because its addresses are unknown.
 */
export function scopeOf(address: string): Exclude<Scope, 'cluster'> | null {
  if (address === 'localhost') return 'local';
  if (!isIpAddress(address)) return null;
  const range = ipaddr.process(address).range();
  if (range === 'loopback') return 'local';
  return privateRanges.has(range) ? 'private' : 'public';
}

/** Whether the text is an IPv4 address with four parts, or an IPv6 address without brackets. */
export function isIpAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
}

/** Whether the text is a host name (RFC 1123): labels of letters, digits and hyphens. */
export function isHostName(text: string): boolean {
  const labels = text.split('.');
  return text.length <= 253 && labels.every((label) => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/i.test(label));
}

/** Whether the text is an IPv4 or IPv6 range such as 203.0.113.0/24. */
export function isCidr(text: string): boolean {
  const [address, length, more] = text.split('/');
  if (more !== undefined || length === undefined || !/^\d+$/.test(length) || !isIpAddress(address!)) return false;
  return ipaddr.isValidCIDR(text);
}
