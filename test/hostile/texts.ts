/** What somebody may write wherever text from outside is taken, and what each text tries. */
export interface HostileText {
  readonly tries: string;
  readonly text: string;
}

/** Begins a line of output only where a text from outside brought its own line's end. */
export const forgedLine = 'FAKE   row';

/** The command that no shell may run. */
export const unwanted = 'pwn';

const named = (texts: Readonly<Record<string, string>>): readonly HostileText[] =>
  Object.entries(texts).map(([tries, text]) => ({ tries, text }));

/** Control sequences of terminals, and the characters that they are made of. */
export const controls = named({
  'colours the rest of the line': 'z\u001b[31mred',
  'writes the clipboard': 'z\u001b]52;c;cm0gLXJm\u0007',
  'sets the title of the window': 'z\u001b]0;owned\u0007',
  'clears the screen with a C1 introducer': 'z\u009b2J',
  'breaks the line with a C1 character': `z\u0085${forgedLine}`,
  'deletes what stands before': 'z\u007f\u0008\u0008',
  'ends a text of C': 'z\u0000z',
  'feeds a page': 'z\u000c\u000bz',
  'moves a column with a tab': 'z\tz',
});

/** What ends a line, or writes over it. */
export const lineEnds = named({
  'forges a row': `z\n${forgedLine}`,
  'forges a row, with carriage return': `z\r\n${forgedLine}`,
  'writes over its own line': `z\r${forgedLine}`,
  'forges the directive of a completion': 'z\n:0',
  'ends the line by Unicode': `z\u2028${forgedLine}\u2029${forgedLine}`,
});

/** Marks that reorder what is read. */
export const marks = named({
  'overrides the direction': 'z\u202egnp.exe',
  'isolates a direction': 'z\u2066\u202dadmin\u2069',
  'marks a direction': '\u200fz\u200e\u061c',
});

/** What a shell would run, expand or not end. Each begins with `z`. */
export const shellWords = named({
  'substitutes a command': `z$(${unwanted})`,
  'substitutes a command by backticks': `z\`${unwanted}\``,
  'ends the command': `z;${unwanted}`,
  'goes on after a pipe': `z|${unwanted}`,
  'goes on in the background': `z&${unwanted}`,
  'writes a file': 'z>written',
  'ends a single quote': `z';${unwanted};'`,
  'ends a double quote': `z";${unwanted};"`,
  'opens a quote': "z'",
  'is two words': `z ${unwanted}`,
  'begins a comment': 'z #',
  'expands to files': 'z*',
  'repeats an earlier command': 'z!!',
  'names a home folder': 'z=~',
  'expands a brace': 'z{a,b}',
  'expands a variable': 'z$HOME',
  'escapes a quote': "z\\'",
});

/** What a program takes for an option, or as nothing at all. */
export const options = named({
  'sends the token elsewhere': '--server=https://evil.invalid',
  'means all of them': '-a',
  'forces, recursively': '-rf',
  'ends the options': '--',
  'is an option with a command': `-z$(${unwanted})`,
});

/** What trips formats, encodings and widths. */
export const oddities = named({
  'is empty': '',
  'is blank': ' ',
  'begins with a space': ' z',
  'has no width': 'z\u200b\u200d\ufeff\u2060z',
  'is half a character': 'z\ud800',
  'is the other half': 'z\udc00z',
  'is wide': 'z界👩‍👩‍👧z',
  'is a format of C': 'z%s%n%999999d',
  'is a template of Go': 'z{{.}}{{range .Items}}',
  'is a template of JSONPath': 'z{.items[*]}',
  'is another type in YAML': 'off',
  'is a document of YAML': '---\nkind: Pod',
  'is a regular expression': 'z(a+)+$[',
  'looks like a replacement': "z$&$1$'",
  'is a property of every object': '__proto__',
});

/** All that is short. */
export const shortTexts: readonly HostileText[] = [
  ...controls,
  ...lineEnds,
  ...marks,
  ...shellWords,
  ...options,
  ...oddities,
];

/** Every character that a terminal obeys, in one text: a place that escapes nothing is found by it whatever it forgot. */
export const everyControl: HostileText = {
  tries: 'does all that a terminal obeys',
  text: [...controls, ...lineEnds, ...marks].map(({ text }) => text).join(''),
};

/** A text of a length; its words break lines, so that wrapping has something to do. */
export function longText(length: number): string {
  return 'lengthy '.repeat(Math.ceil(length / 8)).slice(0, length);
}

/** Annotations of one object may have 256 kB together. */
export const longName = 'n'.repeat(250_000);

/** Far more than etcd takes for one object is never asked for; this is what an event may just have. */
export const longMessage = longText(1_000_000);
