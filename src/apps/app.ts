import type { Page } from '../platforms/controller-pages.ts';
import type { AppName } from './names.ts';

/**
 * The command that starts an app so that it works at its URL: `jupyter lab --port={port} --ServerApp.base_url={path}/`.
 * `{path}` stands for the prefix without a final slash, and `{port}` for the port that the app listens on. `{host}`
 * stands for the host and port in the URL, and `{origin}` for the URL up to the host: `http://203.0.113.7`. The user
 * replaces each word in capital letters, such as `APP.py`.
 */
export type StartCommand = string;

/**
 * An app that people run on SkyPilot clusters, and how it behaves behind a proxy. A new app is one file with this record, a
 * line in `all-apps.ts`, and a recorded answer in `test/apps/answers`.
 */
export interface App {
  /** The value of `--app`: lower case, with dashes. */
  readonly name: AppName;
  /** The name as the app's own documents write it. */
  readonly title: string;
  /** The ports of the app if no port is configured. The usual port comes first. */
  readonly ports: readonly number[];
  /**
   * The paths that the app expects below a prefix. `strip`: paths without the prefix. `keep`: paths with the prefix.
   * `host-only`: the app does not work below a prefix, so it needs its own host.
   */
  readonly belowPrefix: 'strip' | 'keep' | 'host-only';
  /**
   * The start command for each way to serve the app. `strip` and `keep` are for an app below a prefix. `host` is for
   * the root of a host, or for a plain address and port. If `strip` or `keep` is missing, the app does not work that
   * way.
   */
  readonly start: {
    readonly strip?: StartCommand;
    readonly keep?: StartCommand;
    readonly host: StartCommand;
  };
  /** The option that makes the app listen on all addresses; undefined if the app does this by default. */
  readonly listen?: string;
  /**
   * The path that a user opens, relative to the prefix and without the first slash; absent if it is the prefix itself.
   */
  readonly opens?: string;
  /** Whether the app sends some responses piece by piece over a long time, such as server-sent events. */
  readonly streams?: boolean;
  /**
   * The websocket of the app; absent if it has none. `path` is relative to the prefix. `handshake` says whether `doctor` may
   * try one. `harmless`: a handshake without a session changes nothing in the app. `takes-over-the-session`: it would end
   * the user's session. `needs-token`: the app refuses it without a login. `needs-page`: the path begins with the name of a
   * page, which is not known. `comparesHost` is set if the app refuses an Origin that is not the host in the Host header.
   */
  readonly websocket?: {
    readonly path: string;
    readonly handshake: 'harmless' | 'takes-over-the-session' | 'needs-token' | 'needs-page';
    readonly comparesHost?: true;
  };
  /**
   * True if users send bodies that are larger than 1 MB, such as uploads. ingress-nginx refuses such bodies by default.
   */
  readonly largeBodies?: boolean;
  /**
   * A path where the app answers 200 without authentication: `api`. The path is relative to the prefix and has no first
   * slash. If the proxy keeps the prefix, the prefix comes before the path. Absent if no such path is known.
   */
  readonly health?: string;
  /**
   * What a caller needs if the app was started with its defaults. `key-option`: nothing, but an option can require a
   * key.
   */
  readonly authentication: 'none' | 'token' | 'password' | 'key-option';
  /**
   * Set if callers whom the app lets in can run any code in its Pod. `doctor` requests `path` without credentials, to see
   * whether the app lets every caller in.
   */
  readonly runsCode?: {
    /** The path, relative to the prefix and without a first slash; '' for the page itself. */
    readonly path: string;
    /** Whether the response shows that the app asked for nothing. */
    letsIn(page: Page): boolean;
    /** How to start the app so that it asks: `without --auth=none`. The words continue "start JupyterLab". */
    readonly toAsk?: string;
  };
  /**
   * Set if callers send the key or token of the app in the header `Authorization`. A controller that asks for a password
   * needs the same header. The value says what works then, as a suggestion that begins with a verb.
   */
  readonly besidePassword?: string;
  /** The way in which the app refuses an unknown Host header; absent if it accepts every Host header. */
  readonly hostRefusal?: {
    /** Whether a response is this refusal. */
    isIt(page: Page): boolean;
    /** The option that makes the app accept the host: `--allowed-hosts={host}`. */
    readonly option: string;
  };
  /**
   * The URL of a style sheet that a script of the page loads, from the settings in the page; undefined if the page does
   * not show it. Absent if the links of the page show whether the app knows its prefix.
   */
  styleLoadedByScript?(page: Page): string | undefined;
  /** More advice for users, as one sentence without a full stop; absent if there is none. */
  readonly note?: string;
  /** Whether a response is a page of this app. It must be false for pages of all other apps. */
  isIt(page: Page): boolean;
  /** The documents, source files and issues that contain the facts. */
  readonly sources: readonly string[];
  /** How the facts were verified. `ran`: with the real app. `read`: only in the sources. */
  readonly evidence: 'ran' | 'read';
}

/** The value of a header as one text; '' if the response does not have the header. The name is in lower case. */
export function headerOf({ headers }: Page, name: string): string {
  const value = headers[name] ?? '';
  return typeof value === 'string' ? value : value.join(', ');
}

/**
 * Whether the `Server` header of the app may name a product. Many proxies remove this header or replace it with their own
 * name: ingress-nginx (server-tokens), nginx and Envoy.
 */
export function mayBeServer(page: Page, product: RegExp): boolean {
  const server = headerOf(page, 'server');
  return product.test(server) || /^$|^(?:nginx|openresty|envoy|istio-envoy|cloudflare)\b/i.test(server);
}

/** The text of the page's `<title>`; '' if the page has none. Entities, such as `&amp;`, are not replaced. */
export function titleOf({ body }: Page): string {
  return /<title[^<>]*>([^<]*)/i.exec(body)?.[1]?.trim() ?? '';
}
