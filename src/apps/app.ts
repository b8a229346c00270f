import type { Page } from '../platforms/controller-pages.ts';
import type { AppName } from './names.ts';

/**
 * How an app has to be started so that it works at its URL: `jupyter lab --port={port} --ServerApp.base_url={path}/`.
 * `{path}` stands for the prefix without a final slash, `{port}` for the port that the app listens on, `{host}` for the host
 * and port in the URL, and `{origin}` for the URL up to the host: `http://203.0.113.7`. A word in capital letters, such as
 * `APP.py`, is for the user to replace.
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
  /** Ports that the app uses if no port is configured, the usual one first. */
  readonly ports: readonly number[];
  /**
   * Whether an app below a path prefix gets paths without the prefix (`strip`) or with it (`keep`). `host-only`: the
   * app does not work below a prefix, so it needs its own host.
   */
  readonly belowPrefix: 'strip' | 'keep' | 'host-only';
  /**
   * The start command for each way to serve the app. `strip` and `keep`: below a prefix. `host`: at the root of a host, or at
   * a plain address and port. A missing `strip` or `keep` means that the app does not work that way.
   */
  readonly start: {
    readonly strip?: StartCommand;
    readonly keep?: StartCommand;
    readonly host: StartCommand;
  };
  /** The option that makes the app listen on all addresses; undefined if it does so by default. */
  readonly listen?: string;
  /** The path below the prefix that a user opens, without the first slash; absent if it is the prefix itself. */
  readonly opens?: string;
  /** Whether the app sends some responses in parts over a long time, such as server-sent events. */
  readonly streams?: boolean;
  /**
   * The websocket of the app; absent if it has none. `path` is relative to the prefix. `handshake` says whether `doctor` may
   * try one. `harmless`: a handshake without a session changes nothing in the app. `takes-over-the-session`: it would end
   * the user's session. `needs-token`: the app refuses it without a login. `needs-page`: the path begins with the name of a
   * page, which is not known.
   */
  readonly websocket?: {
    readonly path: string;
    readonly handshake: 'harmless' | 'takes-over-the-session' | 'needs-token' | 'needs-page';
  };
  /** Whether users send bodies that are larger than 1 MB, the limit of ingress-nginx. */
  readonly largeBodies?: boolean;
  /**
   * The path that answers 200 without authentication, relative to the prefix and without the first slash: `api`. The prefix
   * is part of the path only if the proxy keeps it. Absent if no such path is known.
   */
  readonly health?: string;
  /** Who may use the app if it was started with its defaults. */
  readonly authentication: 'none' | 'token' | 'password' | 'key-option';
  /** How the app refuses requests whose Host header it does not know; absent if it accepts every Host. */
  readonly hostRefusal?: {
    /** Whether a response is this refusal. */
    isIt(page: Page): boolean;
    /** The option that makes the app accept the host: `--allowed-hosts={host}`. */
    readonly option: string;
  };
  /** What else a user should know, one sentence without a full stop; absent if there is nothing. */
  readonly note?: string;
  /** Whether a response is a page of this app. It must be false for pages of all other apps. */
  isIt(page: Page): boolean;
  /** The documents, source files and issues that the facts come from. */
  readonly sources: readonly string[];
  /** `ran`: the facts were seen with the real app. `read`: they come from the sources. */
  readonly evidence: 'ran' | 'read';
}

/** The value of a header as one text; '' if the response does not have it. The name is in lower case. */
export function headerOf({ headers }: Page, name: string): string {
  const value = headers[name] ?? '';
  return typeof value === 'string' ? value : value.join(', ');
}

/** The text of the page's `<title>`, without entities being replaced; '' if the page has none. */
export function titleOf({ body }: Page): string {
  return /<title[^<>]*>([^<]*)/i.exec(body)?.[1]?.trim() ?? '';
}
