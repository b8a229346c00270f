import { withoutFinalSlash } from './text.ts';

/** An address where callers reach a port. */
export interface ProbeTarget {
  /** The IP address or host name, without brackets. */
  readonly address: string;
  readonly port: number;
  readonly scheme: 'http' | 'https';
  /** The host in the URL: the host of an Ingress rule. If the rule has none, the address. */
  readonly host: string;
  /** The path of the URL; '' if there is none. */
  readonly path: string;
  /**
   * The https port at the same address. The call follows one redirect from http to this port. If absent, it follows
   * none.
   */
  readonly httpsPort?: number;
}

/** The answer of this machine's resolver for a name. */
export interface NameAnswer {
  readonly name: string;
  readonly outcome: 'resolved' | 'unknown-name' | 'no-answer';
  readonly addresses: readonly string[];
  /** The resolver's code, such as ENOTFOUND; '' if the name was resolved. */
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
   * The error code of OpenSSL or Node, such as CERT_HAS_EXPIRED. It may also be the code of another reason why the
   * handshake failed. '' if the certificate is trusted.
   */
  readonly code: string;
  readonly subject: string;
  readonly issuer: string;
  /** When the certificate expires, in ISO 8601; '' if the server presented none. */
  readonly validTo: string;
  /** When the certificate becomes valid, in ISO 8601; absent in dumps of earlier versions. */
  readonly validFrom?: string;
  /**
   * Whether the server left out an intermediate certificate, which callers need. Absent if nothing shows this.
   */
  readonly lacksIntermediate?: boolean;
  readonly names: readonly string[];
}

/** The answer to a request. Its body and its queries are not kept, because they may be confidential. */
export interface HttpAnswer {
  /**
   * The kind of answer. `answered` means an HTTP answer. The others are:
   *
   * - `silent`: no answer in time
   * - `no-http`: an answer that is not HTTP
   * - `closed`: the connection ended without data
   */
  readonly outcome: 'answered' | 'silent' | 'no-http' | 'closed';
  /** The HTTP status; 0 if there was no answer. */
  readonly status: number;
  /** The proxy whose own page this is (platforms/controller-pages.ts); null if the app answered. */
  readonly page: string | null;
  /** The URL to which the answer redirects. `?` replaces its query. Absent if the answer does not redirect. */
  readonly location?: string | null;
  /** Whether a redirect sets a cookie. With this cookie, the same URL may have another answer. */
  readonly setsCookie?: boolean;
  /** Whether the body says that a request with plain HTTP was sent to a TLS port. */
  readonly wantsTls?: boolean;
  /** The app that sent the answer (apps/all-apps.ts). Null or absent if no app was recognized. */
  readonly app?: string | null;
  /** Whether the app lets in callers without credentials, who can then run code. Only for some apps and paths. */
  readonly letsIn?: boolean;
  /** Whether an app refused the Host header of the request. */
  readonly refusesHost?: boolean;
  /**
   * The first links of an HTML page that lead to the same host, but out of the called path. Scripts come first. Absent
   * if the answer is not HTML, or if its page was not read.
   */
  readonly outside?: readonly LinkOutside[];
}

/** The kinds of links in a page. Without the first three, the page does not work. */
export const linkKinds = ['script', 'style', 'frame', 'file', 'link'] as const;
export type LinkKind = (typeof linkKinds)[number];

/** A link of a page that leads out of the called path. */
export interface LinkOutside {
  readonly kind: LinkKind;
  /** The path in the URL, without a query. A long path is cut off. */
  readonly path: string;
}

/** The answers to two websocket handshakes. Status 101 means that the websocket was accepted. */
export interface WebsocketAnswers {
  /** The path of the handshake. */
  readonly path: string;
  /** The answer if the Origin header has the called URL, as if the app's own page opened the websocket. */
  readonly own: HttpAnswer;
  /** The answer if the Origin header has another host. Null if the first websocket was not accepted. */
  readonly foreign: HttpAnswer | null;
}

/** The answer to a request without credentials. */
export interface UnauthenticatedAnswer {
  /** The path of the request. */
  readonly path: string;
  readonly answer: HttpAnswer;
}

/** The second call, after a redirect from the http port to the https port at the same address. */
export interface FollowedCall {
  readonly port: number;
  readonly path: string;
  readonly connection: ConnectionAnswer;
  readonly certificate: CertificateAnswer | null;
  readonly http: HttpAnswer | null;
}

/**
 * The result of one call from this machine. Each stage has a field. It is null if the call did not reach this stage.
 */
export interface AddressProbe extends ProbeTarget {
  /**
   * The proxy that HTTP_PROXY and similar variables name for this URL, without credentials. A probe does not use it.
   */
  readonly proxy: string | null;
  /** The resolver's answers for the host and for the address. Only names have such answers, IP addresses have none. */
  readonly names: readonly NameAnswer[];
  readonly connection: ConnectionAnswer | null;
  readonly certificate: CertificateAnswer | null;
  readonly http: HttpAnswer | null;
  /** The second call; absent if no redirect was followed. */
  readonly followed?: FollowedCall | null;
  /** The answer of the URL to which the app redirects; absent if the app did not redirect to below the same path. */
  readonly landing?: HttpAnswer | null;
  /** The answer of the URL without its final slash; absent if the URL has none, or if it was not called. */
  readonly slashless?: HttpAnswer | null;
  /**
   * The answer to a request without credentials, at a path that an app may keep for its users (`runsCode` in apps/app.ts).
   * Absent if the app has no such path, or was not recognized.
   */
  readonly unauthenticated?: UnauthenticatedAnswer | null;
  /** The websocket handshakes; absent if none was tried. */
  readonly websocket?: WebsocketAnswers | null;
  /**
   * The address of this machine from which the call was sent, according to its own routes. Only set if there was no
   * answer. NAT may replace this address on the way.
   */
  readonly from?: string;
  /**
   * Whether the load balancer accepts connections from `from`, according to its source ranges; absent if it has none.
   */
  readonly isLetIn?: boolean;
  /** The time from the first request to the last answer, in milliseconds. */
  readonly tookMs?: number;
}

/** A listening socket (/proc/net/tcp, state LISTEN). */
export interface ListeningSocket {
  /** The address. `0.0.0.0` and `::` mean all addresses. */
  readonly address: string;
  readonly port: number;
}

/** What is known about a port from inside the Kubernetes cluster. */
export interface PodProbe {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  /**
   * The result when the API server calls the port at the Pod's address. `unknown`: the API server cannot reach Pods, or
   * its error does not show whether the port answered.
   */
  readonly proxy: { readonly outcome: 'answers' | 'refused' | 'forbidden' | 'unknown'; readonly message: string };
  /** The listening sockets of the Pod; null if they were not read. `why` is then the reason. */
  readonly listening: readonly ListeningSocket[] | null;
  /** Why `listening` is null; '' if the sockets were not needed. */
  readonly why: string;
}

/** The last HTTP answer of a call. If a redirect was followed, it is the answer after the redirect. */
export function lastHttpOf({ http, followed }: Pick<AddressProbe, 'http' | 'followed'>): HttpAnswer | null {
  return followed ? followed.http : http;
}

/** The key of a call. Equal calls have the same key. */
export function probeKey({ address, port, scheme, host, path }: ProbeTarget): string {
  return `${scheme} ${address} ${port} ${host} ${withoutFinalSlash(path)}`;
}
