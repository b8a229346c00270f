// Prints what yargs makes of a sample parser: with the replacements and without, it must be the same.

import yargs, { type Argv } from 'yargs';

const wide = '日本語の説明文は幅が二倍になるので折り返しが早くなります';
const mixed = 'emoji 🚀🚀 flags 🇩🇪 families 👨‍👩‍👧 and café naïve ﾊﾝｶｸ \u001b[31mred\u001b[39m text';
const long =
  'a sentence that is long enough to be wrapped more than once however wide the terminal may be, and then some';
const word = 'https://example.com/a/word/that/does/not/fit/into/any/column/and/has/to/be/broken/in/the/middle';

function sample(args: readonly string[], columns: number): Argv {
  return yargs([...args])
    .scriptName('sample')
    .usage(`${long}\n\nUsage: sample COMMAND [flags]`)
    .updateStrings({ 'Options:': 'Flags:' })
    .command('open <name> [ports..]', long, (command) => command.positional('name', { type: 'string', describe: wide }))
    .command('close', wide)
    .option('namespace', { alias: 'n', type: 'string', describe: long, group: 'Connection:', requiresArg: true })
    .option('verbose', { alias: 'v', type: 'count', describe: mixed })
    .option('mode', { choices: ['one', 'two', 'three'], describe: word, default: 'one' })
    .option('label', { type: 'string', array: true, describe: wide })
    .option('secret', { type: 'string', hidden: true, describe: 'not shown' })
    .option('old', { type: 'boolean', deprecated: 'use --mode', implies: 'namespace', describe: mixed })
    .option('new', { type: 'boolean', conflicts: 'old' })
    .example('sample open train 8888', long)
    .epilogue(mixed)
    .demandCommand(1, 2)
    .strict()
    .recommendCommands()
    .help(false)
    .version(false)
    .exitProcess(false)
    .wrap(columns);
}

const commandLines = [
  '',
  'opne train',
  'open',
  'close a b c',
  'close --unknown',
  'close --unknown --another',
  'close --mode four',
  'close -n',
  'close --old',
  'close --old --new -n x',
  'close --label a --label b -vv --mode two',
  'open train 8888 9999 -n x --label=日本',
];
async function print(): Promise<void> {
  for (const columns of [40, 80, 113]) console.log(await sample([], columns).getHelp());
  for (const line of commandLines) console.log(line, await outcomeOf(line.split(' ').filter(Boolean)));
}

function outcomeOf(args: readonly string[]): Promise<unknown> {
  return new Promise((resolve) => {
    sample(args, 80)
      .fail((message, error) => resolve(message ?? error.message))
      .parseAsync()
      .then(resolve, (error: Error) => resolve(`thrown: ${error.message}`));
  });
}

print();
