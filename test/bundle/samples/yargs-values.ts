// Prints the values that yargs' parser makes of flags as src/cli.ts gives them.

import { Parser } from 'yargs/helpers';

const configuration = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'parse-numbers': false,
};
const commandLines = [
  ['--namespace="team-1"'],
  ['--namespace=""'],
  ['--namespace=""quoted""'],
  ['--namespace="with spaces, 日本語 and -n"'],
  ['--port="8888"', '--port="9000-9001"'],
  ['--source-range="10.0.0.0/8"', '--namespace="007"'],
  ['--dotted.name="x"', '--no-probe="true"'],
];
for (const args of commandLines) {
  const string = ['namespace', 'port', 'source-range', 'dotted.name', 'no-probe'];
  console.log(JSON.stringify(Parser(args, { string, array: ['port', 'source-range'], configuration })));
}
