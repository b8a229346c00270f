import { allApps, appNamed } from './all-apps.ts';
import type { App } from './app.ts';
import { startCommandOf } from './start-command.ts';

const prefix = '/PREFIX';

/** The way in which an app is served below a prefix, in words that continue "in ingress mode, it". */
export const belowPrefixWords: Readonly<Record<App['belowPrefix'], string>> = {
  strip: 'gets requests without /PREFIX',
  keep: 'gets requests with /PREFIX',
  'host-only': 'does not work with /PREFIX; needs --host',
};

/** Who may use an app that was started with its defaults. */
export const authenticationWords: Readonly<Record<App['authentication'], string>> = {
  none: 'anyone',
  token: 'a token, which the app makes',
  password: 'a password',
  'key-option': 'anyone, unless you set a key',
};

/**
 * The command that starts an app below a prefix, or at its own host if it does not work below a prefix. `/PREFIX`
 * stands for the prefix.
 */
export function usualStartOf(app: App): string {
  const { belowPrefix, ports } = app;
  const place = { port: ports[0] ?? 'PORT', origin: undefined } as const;
  const below = belowPrefix === 'host-only' ? undefined : { ...place, prefix, rewrite: belowPrefix };
  return startCommandOf(app, below ?? { ...place, prefix: '', rewrite: 'strip' })!;
}

/** One line for each app: its name, its title and how it is served. */
export function appLines(): string[] {
  const width = Math.max(...allApps.map(({ name }) => name.length));
  return allApps
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, title, belowPrefix }) => `  ${name.padEnd(width)}   ${title}: ${belowPrefixWords[belowPrefix]}`);
}

/** The help of one app; undefined if no app has this name. */
export function appHelp(name: string): string | undefined {
  const app = appNamed(name);
  if (!app) return undefined;
  const { title, ports, belowPrefix, authentication, opens, health, note, start } = app;
  const port = ports[0] ?? 'PORT';
  const onHost = startCommandOf(app, { prefix: '', rewrite: 'strip', port, origin: undefined })!;
  const where = belowPrefix === 'host-only' ? " --host '{port}-{cluster}.example.com'" : '';
  const starts =
    belowPrefix === 'host-only' || start[belowPrefix] === start.host
      ? ['Start it with:', `  ${onHost}`]
      : [
          ...['Start it with this command, if its URL has a path:', `  ${usualStartOf(app)}`],
          ...['Start it with this command, if its URL has no path:', `  ${onHost}`],
        ];
  return [
    `${title}.`,
    '',
    'Usage:',
    `  kubectl skyports expose SKYCLUSTER ${port} --mode ingress --app ${name}${where}`,
    '',
    ...starts,
    ...(starts.join(' ').includes('/PREFIX')
      ? ['', '/PREFIX stands for the path in the URL. "expose" prints the command with the real path.']
      : []),
    '',
    `  usual port        ${ports.join(', ')}`,
    `  below a path, it  ${belowPrefixWords[belowPrefix]}`,
    `  default access    ${authenticationWords[authentication]}`,
    ...(opens === undefined ? [] : [`  page to open      ${opens}`]),
    ...(health === undefined ? [] : [`  health check      ${health}`]),
    ...(note === undefined ? [] : [`  note              ${note}`]),
  ].join('\n');
}
