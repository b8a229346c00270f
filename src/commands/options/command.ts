import type { FlagValues } from '../../arguments/flag.ts';
import { defineCommand } from '../command.ts';

const optionsFlags = {} as const;

export type OptionsFlagValues = FlagValues<typeof optionsFlags>;

/** The tests run each example. */
const optionsExamples = [
  { line: 'kubectl skyports options', says: 'Which flags choose the cluster, the namespace and the user?' },
] as const;

/** `options` of kubectl also lists the flags that every command accepts. */
export const optionsCommand = defineCommand({
  name: 'options',
  group: 'This plugin',
  connects: false,
  operands: [],
  usage: '',
  summary: 'List the connection flags, which are the same as in kubectl',
  examples: optionsExamples,
  flags: optionsFlags,
});
