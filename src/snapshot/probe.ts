/** An address that a port answers at, as callers would call it. */
export interface ProbeTarget {
  /** IP or host name, without brackets. */
  readonly address: string;
  readonly port: number;
  readonly scheme: 'http' | 'https';
  /** What the URL names: an Ingress rule's host, else the address. */
  readonly host: string;
  /** Path of the URL, '' for none. */
  readonly path: string;
}

/** What a name leads to, as this machine's resolver says. */
export interface NameAnswer {
  readonly name: string;
  readonly outcome: 'resolved' | 'unknown-name' | 'no-answer';
  readonly addresses: readonly string[];
  /** The resolver's code, such as ENOTFOUND; '' when it resolved. */
  readonly code: string;
}

/** Whether a connection came about: to one of the addresses that a name leads to. */
export interface ConnectionAnswer {
  readonly outcome: 'open' | 'refused' | 'no-answer' | 'unreachable';
  /** The system's code, such as ECONNREFUSED; '' when it is open. */
  readonly code: string;
}

/** The certificate that was shown. */
export interface CertificateAnswer {
  readonly trusted: boolean;
  /** OpenSSL's or Node's code, such as CERT_HAS_EXPIRED, or what else ended the handshake; '' when it is trusted. */
  readonly code: string;
  readonly subject: string;
  readonly issuer: string;
  /** ISO 8601; '' when no certificate was shown. */
  readonly validTo: string;
  readonly names: readonly string[];
}

/** What came back for `GET`. Bodies are not kept: they are nobody's business. */
export interface HttpAnswer {
  /** `silent`: nothing within the time; `no-http`: something else than HTTP; `closed`: the connection ended without a word. */
  readonly outcome: 'answered' | 'silent' | 'no-http' | 'closed';
  /** 0 when nothing was answered. */
  readonly status: number;
  /** The ingress controller whose own page it is (platforms/controller-pages.ts); null for an answer of the app. */
  readonly page: string | null;
}

/** What one call from this machine met, stage by stage. A stage that was not reached is null. */
export interface AddressProbe extends ProbeTarget {
  /** The proxy that HTTP_PROXY and its relatives name for this URL, without credentials. Probes never go through it. */
  readonly proxy: string | null;
  /** Of the host and of the address, as far as they are names. */
  readonly names: readonly NameAnswer[];
  readonly connection: ConnectionAnswer | null;
  readonly certificate: CertificateAnswer | null;
  readonly http: HttpAnswer | null;
  /** From the first question to the last answer; absent in dumps of earlier versions. */
  readonly ms?: number;
}

/** A socket that waits for connections (/proc/net/tcp, state LISTEN). */
export interface ListeningSocket {
  /** `0.0.0.0`, `::` for all addresses. */
  readonly address: string;
  readonly port: number;
}

/** What was seen from inside of a Pod about one of its ports. */
export interface PodProbe {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  /**
   * What the API server met when it called the port at the Pod's address: `unknown` when it could not (no route to Pods) or
   * something else than HTTP answered in a way that cannot be told from that.
   */
  readonly proxy: { readonly outcome: 'answers' | 'refused' | 'forbidden' | 'unknown'; readonly message: string };
  /** What listens in the Pod; null when it was not looked at, with the reason in `why`. */
  readonly listening: readonly ListeningSocket[] | null;
  /** Why `listening` is null; '' when it was not needed. */
  readonly why: string;
}

/** The same call: the key of a target among the probes. */
export function probeKey({ address, port, scheme, host, path }: ProbeTarget): string {
  return `${scheme} ${address} ${port} ${host} ${path}`;
}
