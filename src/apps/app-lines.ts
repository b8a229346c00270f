import { allApps } from './all-apps.ts';
import type { App } from './app.ts';
import { startCommandOf } from './start-command.ts';

const prefix = '/PREFIX';

/** The way in which an app is served below a prefix, in words that continue "in ingress mode, it". */
export const belowPrefixWords: Readonly<Record<App['belowPrefix'], string>> = {
  strip: 'gets requests without /PREFIX',
  keep: 'gets requests with /PREFIX',
  'host-only': 'does not work with /PREFIX; needs --host',
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

/** Two lines for each app: its name and how it is served, then its start command. */
export function appLines(): string[] {
  return allApps
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((app) => [
      `  ${app.name} (${app.title}): ${belowPrefixWords[app.belowPrefix]}`,
      `      ${usualStartOf(app)}`,
    ]);
}
