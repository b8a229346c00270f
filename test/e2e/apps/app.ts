import type { Page } from 'playwright-core';
import type { AppSet } from '../../apps/installed.ts';

/** A real app: how it is started, and what a person does with it in a browser. */
export interface App {
  /** As `--app` names it. */
  readonly name: string;
  /** PyPI's name, or npm's. */
  readonly from: string;
  readonly set: AppSet;
  /** Its own default. */
  readonly port: number;
  /** Written into its home folder before it starts, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Run before it starts, as a line of a shell. */
  readonly before?: string;
  /** What stands for the words of its start command that the user replaces: `APP.py`. */
  readonly words?: Readonly<Record<string, string>>;
  /** Set beside what the start command sets. */
  readonly env?: Readonly<Record<string, string>>;
  /** What this machine, or this test, needs besides. */
  readonly options?: string;
  /** What is opened below the URL that the plugin prints; default: that URL itself, to the letter. */
  readonly opens?: string;
  /** Whether the page opens a websocket. */
  readonly websocket?: true;
  /** Hosts of others that its page asks for something. */
  readonly others?: readonly string[];
  /** What is wrong with it by itself, wherever it runs; matched against the path, or against the console's words. */
  readonly ownFaults?: readonly RegExp[];
  /**
   * What breaks where SkyPilot's own Ingress strips the prefix and the app was started without a thought of it; absent if it
   * works there.
   */
  readonly breaksBehindSkyPilots?: RegExp;
  /**
   * The checks of `doctor` that warn of the app behind SkyPilot's own Ingress; absent if `doctor` has nothing but information
   * on it. The URL that SkyPilot prints lacks the final slash, so a warning is right also for an app that works with the
   * slash.
   */
  readonly diagnosedBehindSkyPilots?: readonly ('app-served-under-prefix' | 'app-needs-slash')[];
  /** What a person does with it. @throws Error when it does not do its work */
  readonly use: (page: Page, at: Place) => Promise<void>;
}

/** Where an app is. */
export interface Place {
  /** As the plugin prints it, with a slash at its end. */
  readonly base: string;
  /** Runs a Python program with the app's packages on the client's machine. @throws Error with its stderr */
  readonly python: (source: string, env?: Readonly<Record<string, string>>) => Promise<string>;
}

/** The line of a shell that starts an app by the command that the plugin prints for it. */
export function startLine({ words = {}, env = {}, options, before }: App, command: string): string {
  const set = Object.entries(env).map(([name, value]) => `export ${name}=${value} && `);
  const replaced = Object.entries(words).reduce((line, [word, by]) => line.replace(word, by), command);
  return [
    before === undefined ? '' : `${before} && `,
    ...set,
    replaced,
    options === undefined ? '' : ` ${options}`,
  ].join('');
}
