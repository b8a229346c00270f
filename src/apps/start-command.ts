import { shellWord } from '../errors/shell-word.ts';
import type { App } from './app.ts';

/** The place at which an app is served. */
export interface AppPlace {
  /** The prefix of the URL's path, with a first slash and without a final one; '' if the app has the whole host. */
  readonly prefix: string;
  /** Whether the proxy takes the prefix away or keeps it. Without a prefix, it makes no difference. */
  readonly rewrite: 'strip' | 'keep';
  /** The port that the app listens on: a number, or the name of a container port. */
  readonly port: number | string;
  /** The URL up to the host, as `URL.origin`; undefined if the address is not known yet. */
  readonly origin: string | undefined;
}

/**
 * The shell command that starts an app so that it works at a place; undefined if the app does not work there. An unknown host
 * is `HOST`.
 */
export function startCommandOf({ start }: App, place: AppPlace): string | undefined {
  const template = place.prefix === '' ? start.host : start[place.rewrite];
  return template === undefined ? undefined : filledIn(template, place);
}

/** A start command or an option of an app with the values of a place, quoted for the shell. */
export function filledIn(template: string, { prefix, port, origin }: Omit<AppPlace, 'rewrite'>): string {
  const values: Readonly<Record<string, string>> = {
    path: prefix,
    port: String(port),
    host: origin === undefined ? 'HOST' : new URL(origin).host,
    origin: origin ?? 'http://HOST',
  };
  return template
    .split(' ')
    .map((word) => word.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole))
    .map(quoted)
    .join(' ');
}

/** The first words of a command may set variables. The shell recognizes `NAME=VALUE` only if `NAME=` is not quoted. */
function quoted(word: string): string {
  const [, name = '', value = word] = /^([A-Z][A-Z0-9_]*=)(.*)$/.exec(word) ?? [];
  return `${name}${shellWord(value)}`;
}
