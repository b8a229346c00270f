import { allCommands } from '../../src/commands/all-commands.ts';

/**
 * Where a suggested command may begin in a line of output. Keep only the first of these when every command stands alone on
 * its line.
 */
const beginnings = ['^ *', '→ ', 'try: ', ': ', '; ', ', or '];

/** Any other text after the plugin's name is a sentence about the plugin. */
const own = allCommands.map(({ name }) => name).join('|');

const command = new RegExp(
  `(?:${beginnings.join('|')})((?:kubectl (?:skyports (?:${own})\\b|(?!skyports)[a-z])|sky [a-z]|ls -l ).*)$`,
);

/** A command ends at three spaces or at the next sentence, unless they are quoted. An open quote belongs to the command. */
const copied = /^(?:'[^']*'|\\.|(?! {3}|; [a-z]).)*/;

/** Finds the commands that an output suggests. A user copies them without the note that follows after three spaces. */
export function commandsIn(output: string): string[] {
  return output.split('\n').flatMap((line) => commandsInLine(line));
}

function commandsInLine(line: string): string[] {
  const found = command.exec(line)?.[1];
  if (found === undefined) return [];
  const [whole] = copied.exec(found)!;
  return [whole.trim(), ...commandsInLine(found.slice(whole.length))];
}
