import ipaddr from 'ipaddr.js';

/**
 * Replaces confidential values by tokens. Equal values get the same token. Tokens are numbered in the order in which
 * the values are first replaced.
 */
export interface Tokens {
  /**
   * Returns an IP address of the same family and scope. A public address becomes an address that is reserved for
   * documentation (RFC 5737, RFC 3849).
   */
  address(text: string): string;
  /**
   * Returns a host name. A wildcard remains a wildcard. Names inside Kubernetes and names of well-known projects stay
   * unchanged.
   */
  host(text: string): string;
  user(text: string): string;
  node(text: string): string;
  context(text: string): string;
  /** Returns a token for any other confidential value. */
  value(text: string): string;
  /** The original values that were replaced by tokens of this kind, longest first. */
  known(kind: 'user' | 'node'): readonly string[];
}

/** Creates the tokens for one snapshot. */
export function tokensOf(): Tokens {
  const numbers = new Map<string, Map<string, number>>();
  const numberOf = (kind: string, text: string): number => {
    const ofKind = numbers.get(kind) ?? new Map<string, number>();
    numbers.set(kind, ofKind);
    const number = ofKind.get(text) ?? ofKind.size + 1;
    ofKind.set(text, number);
    return number;
  };
  const named = (kind: string) => (text: string) => (text === '' ? '' : `${kind}-${numberOf(kind, text)}`);
  return {
    address: (text) => addressToken(text, numberOf),
    host: (text) => hostToken(text, named('host')),
    user: named('user'),
    node: named('node'),
    context: named('context'),
    value: named('redacted'),
    known: (kind) => [...(numbers.get(kind)?.keys() ?? [])].sort((a, b) => b.length - a.length),
  };
}

/**
 * For each scope, the range from which tokens for addresses are taken. A token has the scope of the original address,
 * so it still shows who can call this address.
 */
const blocks: Readonly<Record<string, string>> = {
  private: '10.0.0.0',
  carrierGradeNat: '100.64.0.0',
  linkLocal: '169.254.0.0',
  uniqueLocal: 'fd00::',
  linkLocal6: 'fe80::',
  public6: '2001:db8::',
};
/**
 * The ranges for public IPv4 addresses (RFC 5737). If they are used up, tokens are from the range for benchmarks (RFC
 * 2544).
 */
const documentation = ['203.0.113.0', '198.51.100.0', '192.0.2.0'];

function addressToken(text: string, numberOf: (kind: string, text: string) => number): string {
  const address = ipaddr.parse(text);
  const range = address.range();
  if (range === 'loopback' || range === 'unspecified') return text;
  if (address.kind() === 'ipv6' && (address as ipaddr.IPv6).isIPv4MappedAddress()) {
    return `::ffff:${addressToken((address as ipaddr.IPv6).toIPv4Address().toString(), numberOf)}`;
  }
  const canonical = address.toString();
  if (address.kind() === 'ipv6') {
    const block = blocks[range === 'linkLocal' ? 'linkLocal6' : range] ?? blocks.public6!;
    return `${block}${numberOf(block, canonical).toString(16)}`;
  }
  const block = blocks[range];
  if (block) return counted(block, numberOf(block, canonical));
  const number = numberOf('public', canonical);
  const page = documentation[Math.floor((number - 1) / 254)];
  return page ? counted(page, ((number - 1) % 254) + 1) : counted('198.18.0.0', number - 254 * documentation.length);
}

function counted(block: string, number: number): string {
  const [a, b, c] = block.split('.').map(Number) as [number, number, number];
  return [a, b + (number >> 16), c + ((number >> 8) & 255), number & 255].join('.');
}

/** Matches names inside Kubernetes and names of well-known projects. They identify no user. */
const wellKnown =
  /^services\.(?:loadbalancers|nodeports)$|(?:^|\.)(?:localhost|svc|cluster\.local|k8s\.io|kubernetes\.io|k8s\.aws|gatekeeper\.sh|kyverno\.svc(?:-fail|-ignore)?|skypilot\.co|github\.com|docker\.io|quay\.io|ghcr\.io|gcr\.io|nvcr\.io|mcr\.microsoft\.com|public\.ecr\.aws)$/i;

function hostToken(text: string, named: (text: string) => string): string {
  if (text === '' || wellKnown.test(text)) return text;
  if (text.startsWith('*.')) return `*.${hostToken(text.slice(2), named)}`;
  return `${named(text.toLowerCase())}.example.com`;
}
