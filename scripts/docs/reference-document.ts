import type { CommandDescription } from '../../src/arguments/command-description.ts';
import type { Flags } from '../../src/arguments/flag.ts';
import { allCommands } from '../../src/commands/all-commands.ts';
import { connectionFlags } from '../../src/commands/connection/flags.ts';
import { helpTopics } from '../../src/commands/help-topics.ts';
import { flagGroups, flagUsage, type HelpTopic, wrappedRows } from '../../src/output/help-text.ts';

/** docs/reference.md: every command, flag and topic, from the same source as `--help`. */
export function referenceDocument(): string {
  return `# Reference

Made by \`npm run docs\` from what \`--help\` shows; edit in \`src/commands\`. [checks.md](checks.md) has the doctor's checks.

${allCommands.map(({ name, summary }) => `- [\`${name}\`](#${name}): ${summary}`).join('\n')}
- [flags of the connection](#flags-of-the-connection), which every command but \`completion\` and \`options\` takes
${helpTopics.map(({ name, title }) => `- [${name}](#${name}): ${title}`).join('\n')}

\`kubectl skyports --version\` prints the version, \`kubectl skyports help COMMAND\` and \`COMMAND --help\` the same as here,
\`kubectl skyports help TOPIC\` a topic.

${allCommands.map(commandSection).join('\n')}
## Flags of the connection

With kubectl's names and meanings.

${flagTable(connectionFlags)}
${helpTopics.map(topicSection).join('\n')}`;
}

function commandSection(command: CommandDescription): string {
  const { name, aliases = [], usage, subcommands = {}, summary, examples, flags } = command;
  const rows = Object.entries(subcommands).map(([each, says]) => `| \`${each.replaceAll('|', '\\|')}\` | ${says} |\n`);
  const actions = rows.length > 0 ? `| subcommand | |\n|---|---|\n${rows.join('')}\n` : '';
  const lines = examples.map(({ line, says }) => `# ${says}\n${line}`);
  const tables = flagGroups(flags).map(([title, ofGroup]) => `${title}:\n\n${flagTable(ofGroup)}`);
  return `## ${name}

${summary}.

\`${['kubectl skyports', name, usage, '[flags]'].filter((word) => word !== '').join(' ')}\`${aliases.length > 0 ? `; short: ${aliases.map((alias) => `\`${alias}\``).join(', ')}` : ''}

${actions}\`\`\`
${lines.join('\n')}
\`\`\`

${tables.join('\n')}`;
}

function flagTable(flags: Flags): string {
  const rows = Object.entries(flags).map(([name, flag]) => {
    const usage = flagUsage(name, flag).trim().replaceAll('|', '\\|');
    return `| \`${usage}\` | ${flag.describe.replaceAll('|', '\\|')} |`;
  });
  return `| flag | |\n|---|---|\n${rows.join('\n')}\n`;
}

function topicSection({ name, title, paragraphs }: HelpTopic): string {
  const texts = paragraphs.map((text) => (text.includes('\n') ? `\`\`\`\n${wrappedRows(text, 100)}\n\`\`\`` : text));
  return `## ${name}\n\n${title}.\n\n${texts.join('\n\n')}\n`;
}
