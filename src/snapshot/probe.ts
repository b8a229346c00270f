/** An address where a port answers, as callers use it. */
export interface ProbeTarget {
  /** IP or host name, without brackets. */
  readonly address: string;
  readonly port: number;
  readonly scheme: 'http' | 'https';
  /** The host in the URL: an Ingress rule's host, else the address. */
  readonly host: string;
  /** Path of the URL; '' if there is none. */
  readonly path: string;
  /** The https port at the same address. One redirect from http to this port is followed; absent follows none. */
  readonly httpsPort?: number;
}

/** What this machine's resolver answers for a name. */
export interface NameAnswer {
  readonly name: string;
  readonly outcome: 'resolved' | 'unknown-name' | 'no-answer';
  readonly addresses: readonly string[];
  /** The resolver's code, such as ENOTFOUND; '' if the name resolved. */
  readonly code: string;
}

/** The result of connecting to the addresses of a host. */
export interface ConnectionAnswer {
  readonly outcome: 'open' | 'refused' | 'no-answer' | 'unreachable';
  /** The system's error code, such as ECONNREFUSED; '' if the connection is open. */
  readonly code: string;
}

/** The certificate that the server presented. */
export interface CertificateAnswer {
  readonly trusted: boolean;
  /**
   * The code of OpenSSL or Node, such as CERT_HAS_EXPIRED, or of another failed handshake; '' if the certificate is
   * trusted.
   */
  readonly code: string;
  readonly subject: string;
  readonly issuer: string;
  /** ISO 8601; '' if no certificate was presented. */
  readonly validTo: string;
  readonly names: readonly string[];
}

/** The answer to `GET`. Bodies and queries are not kept, since they may be confidential. */
export interface HttpAnswer {
  /**
   * `silent`: no answer in time; `no-http`: an answer that is not HTTP; `closed`: the connection ended without data.
   */
  readonly outcome: 'answered' | 'silent' | 'no-http' | 'closed';
  /** 0 if there was no answer. */
  readonly status: number;
  /** The proxy that sent the answer itself (platforms/controller-pages.ts); null if the app answered. */
  readonly page: string | null;
  /** Where a redirect leads, as an absolute URL. `?` stands for a query. Absent if it is not a redirect. */
  readonly location?: string | null;
  /** True if a redirect sets a cookie: the same URL may then answer otherwise. */
  readonly setsCookie?: boolean;
  /** True if the body says that plain HTTP arrived at a port that speaks TLS. */
  readonly wantsTls?: boolean;
}

/** The call that a redirect from the http port to the https port of the same address led to. */
export interface FollowedCall {
  readonly port: number;
  readonly path: string;
  readonly connection: ConnectionAnswer;
  readonly certificate: CertificateAnswer | null;
  readonly http: HttpAnswer | null;
}

/** The result of one call from this machine, stage by stage. A stage that was not reached is null. */
export interface AddressProbe extends ProbeTarget {
  /** The proxy that HTTP_PROXY and similar variables name for this URL, without credentials. Probes never use it. */
  readonly proxy: string | null;
  /** The answers for the host and the address, if these are names. */
  readonly names: readonly NameAnswer[];
  readonly connection: ConnectionAnswer | null;
  readonly certificate: CertificateAnswer | null;
  readonly http: HttpAnswer | null;
  /** The one redirect that was followed; absent if there was none to follow. */
  readonly followed?: FollowedCall | null;
  /** The address that this machine calls it from, by its own routes; only if nothing answered. NAT may change it on the way. */
  readonly from?: string;
  /** Whether the source ranges of the load balancer have that address; absent if it has none. */
  readonly isLetIn?: boolean;
  /** Milliseconds from the first request to the last answer. */
  readonly tookMs?: number;
}

/** A listening socket (/proc/net/tcp, state LISTEN). */
export interface ListeningSocket {
  /** `0.0.0.0` and `::` mean all addresses. */
  readonly address: string;
  readonly port: number;
}

/** What was seen of a port from inside the Kubernetes cluster. */
export interface PodProbe {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  /**
   * What the API server met when it called the port at the Pod's address. `unknown`: it has no route to Pods, or its
   * error cannot be distinguished from an answer that is not HTTP.
   */
  readonly proxy: { readonly outcome: 'answers' | 'refused' | 'forbidden' | 'unknown'; readonly message: string };
  /** The sockets that listen in the Pod; null if they were not read, for the reason in `why`. */
  readonly listening: readonly ListeningSocket[] | null;
  /** Why `listening` is null; '' if it was not needed. */
  readonly why: string;
}

/** The last HTTP answer of a call: that after the redirect, if one was followed. */
export function lastHttpOf({ http, followed }: Pick<AddressProbe, 'http' | 'followed'>): HttpAnswer | null {
  return followed ? followed.http : http;
}

/** The key of a call: equal for equal calls. */
export function probeKey({ address, port, scheme, host, path }: ProbeTarget): string {
  return `${scheme} ${address} ${port} ${host} ${path.replace(/\/+$/, '')}`;
}
