import { shellWord } from '../errors/shell-word.ts';
import type { App } from './app.ts';

/** The place at which an app is served. */
export interface AppPlace {
  /** The prefix of the URL's path: `/train`. It has no final slash. It is '' if the app has the whole host. */
  readonly prefix: string;
  /** Whether the proxy removes the prefix (`strip`) or keeps it. Without a prefix, both have the same effect. */
  readonly rewrite: 'strip' | 'keep';
  /** The port that the app listens on: a number, or the name of a container port. */
  readonly port: number | string;
  /** The URL up to the host and port, such as `http://203.0.113.7`; undefined if the address is not known yet. */
  readonly origin: string | undefined;
}

/**
 * The shell command that starts an app so that it works at a place; undefined if the app does not work there. If the
 * host is unknown, the command contains `HOST`.
 */
export function startCommandOf({ start }: App, place: AppPlace): string | undefined {
  const template = place.prefix === '' ? start.host : start[place.rewrite];
  return template === undefined ? undefined : filledIn(template, place);
}

/**
 * Fills in the places of a start command or of an option: `{path}`, `{port}`, `{host}` and `{origin}`. The values are
 * quoted for the shell.
 */
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

/**
 * Quotes a word for the shell. In a word like `NAME=VALUE`, only the value is quoted, because the shell would not
 * recognize a quoted `NAME=`.
 */
function quoted(word: string): string {
  const [, name = '', value = word] = /^([A-Z][A-Z0-9_]*=)(.*)$/.exec(word) ?? [];
  return `${name}${shellWord(value)}`;
}
