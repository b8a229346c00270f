// Replaces yargs 18.2's lib/platform-shims/esm.mjs, which gives yargs access to the machine.
//
// Why: the original reads a locale file and a package.json next to the executable, which would be files of other
// programs. It also imports node:assert, escalade and y18n, which adds 1 to 2 ms.
// Safe because: it has the same members, and the texts of locales/en.json. Assertions throw another class of error.
// Functions that load modules from disk (commandDir, config files that extend others) throw; the plugin has none.
// Remove when: yargs accepts a platform as an argument, or reads files only when they are needed.

import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { format, inspect } from 'node:util';
// @ts-expect-error: cliui has no types.
import cliui from 'cliui';
import stringWidth from 'string-width';
import Parser from 'yargs-parser';

function refuse(): never {
  throw new Error('this yargs reads nothing from disk: give it values');
}

/**
 * The texts that `updateStrings` changed, and the one that locales/en.json translates. Any other key is its own text.
 */
const words: Record<string, string> = { 'Implications failed:': 'Missing dependent arguments:' };

function translate(text: string, ...values: unknown[]): string {
  return format(words[text] ?? text, ...values);
}

/** Like y18n: the number is only inserted if the text has a place for it. */
function translatePlural(singular: string, plural: string, count: number, ...values: unknown[]): string {
  const text = count === 1 ? singular : plural;
  return format(text, ...(text.includes('%d') ? [count] : []), ...values);
}

type Message = string | Error | undefined;

function strictEqual(actual: unknown, expected: unknown, message?: Message): void {
  if (!Object.is(actual, expected)) fail(message ?? `${inspect(actual)} is not ${inspect(expected)}`);
}

function notStrictEqual(actual: unknown, expected: unknown, message?: Message): void {
  if (Object.is(actual, expected)) fail(message ?? `${inspect(actual)} is what it must not be`);
}

function fail(message: string | Error): never {
  throw message instanceof Error ? message : new Error(message);
}

export default {
  assert: { strictEqual, notStrictEqual },
  cliui,
  // Every parser looks for a package.json to find the default version. This one is empty.
  findUp: () => 'package.json',
  getCallerFile: refuse,
  getEnv: (name: string) => process.env[name],
  getProcessArgvBin: () => process.argv[1],
  inspect,
  mainFilename: '/',
  Parser,
  path: { basename, dirname, extname, join, relative, resolve },
  process: {
    argv: () => process.argv,
    cwd: () => process.cwd(),
    emitWarning: (warning: string, type?: string) => process.emitWarning(warning, type),
    execPath: () => process.execPath,
    exit: (code?: number) => process.exit(code),
    nextTick: process.nextTick,
    get stdColumns() {
      return process.stdout.columns ?? null;
    },
  },
  readdirSync: refuse,
  readFileSync: () => '{}',
  require: refuse,
  stringWidth,
  y18n: {
    __: translate,
    __n: translatePlural,
    getLocale: () => 'en',
    setLocale() {},
    updateLocale: (changed: Record<string, string>) => Object.assign(words, changed),
  },
};
