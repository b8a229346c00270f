import { allApps } from '../../src/apps/all-apps.ts';
import type { App } from '../../src/apps/app.ts';
import { authenticationWords, belowPrefixWords, usualStartOf } from '../../src/apps/app-lines.ts';

/** docs/apps.md: how each known app is served and started. */
export function appsDocument(): string {
  const apps = allApps.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return `# Apps

Made by \`npm run docs\` from \`src/apps\`; edit there.

In ingress mode, the URL of an app contains a path, such as \`/skyports/default/train-2ea485ef/8888/\`. Many apps need to know this path, or their page
stays blank. \`kubectl skyports expose train 8888 --mode ingress --app jupyter\` opens the port in the way that the app needs, and prints the command that
starts the app.

In this table, \`/PREFIX\` stands for the path, and \`HOST\` for the host and port in the URL. Replace \`APP\`, \`CONFIG\`, \`LOGDIR\`, \`MODEL\` and \`MODELS\`
with your own values. With \`--host\`, or in another mode, the URL contains no path: leave out the options with \`/PREFIX\`.

The last column says where the facts come from. \`ran\`: the app was started and opened in a browser, behind a proxy that removes the prefix and one that
keeps it. \`read\`: the facts are from the sources in the app's file, and the app was not tried here.

| \`--app\` | app | usual port | in ingress mode, it | start it with | who may use it by default | facts |
|---|---|---|---|---|---|---|
${apps.map(row).join('\n')}

## Notes

${apps.flatMap(notes).join('\n')}

## Sources

${apps.map(({ title, sources }) => `- ${title}: ${sources.join('; ')}`).join('\n')}
`;
}

function row(app: App): string {
  const { name, title, ports, belowPrefix, authentication, evidence } = app;
  const cells = [
    `\`${name}\``,
    title,
    ports.join(', '),
    belowPrefixWords[belowPrefix],
    `\`${usualStartOf(app)}\``,
    authenticationWords[authentication],
    evidence,
  ];
  return `| ${cells.join(' | ')} |`;
}

function notes({ name, note, opens, health }: App): string[] {
  const parts = [
    ...(note === undefined ? [] : [note]),
    ...(opens === undefined ? [] : [`its page is \`${opens}\``]),
    ...(health === undefined ? [] : [`\`${health}\` answers 200 without a login, for health checks`]),
  ];
  return parts.length === 0 ? [] : [`- \`${name}\`: ${parts.join('. ')}.`];
}
