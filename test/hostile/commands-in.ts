/**
 * Where a suggested command may begin in a line of output. Once each command stands alone on its line, the first of these
 * is the only one that is needed: leave out the others then, and a command within a sentence counts as a fault.
 */
const beginnings = ['^ *', '→ ', 'try: ', ': ', '; ', ', or '];

const command = new RegExp(`(?:${beginnings.join('|')})((?:kubectl|sky) .*)$`);

/** Up to three spaces or a further sentence, where these do not stand in quotes; a quote without its end is copied, too. */
const copied = /^(?:'[^']*'|(?! {3}|; [a-z]).)*/;

/** The commands that an output suggests, as a user would copy them: without the note behind three spaces. */
export function commandsIn(output: string): string[] {
  return output.split('\n').flatMap((line) => commandsInLine(line));
}

function commandsInLine(line: string): string[] {
  const found = command.exec(line)?.[1];
  if (found === undefined) return [];
  const [whole] = copied.exec(found)!;
  return [whole.trim(), ...commandsInLine(found.slice(whole.length))];
}
