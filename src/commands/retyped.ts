import type { Flags } from '../arguments/flag.ts';
import { normalizeArguments } from '../arguments/normalize.ts';
import { type Command, command, part } from '../errors/cure.ts';
import type { System } from '../system.ts';
import { connectionFlags } from './connection-flags.ts';

/** What is different in the command that the user should have typed. */
export interface Correction {
  /** A word, and what stands in its place. */
  readonly replace?: { readonly word: string; readonly by: string };
  /** A port, unless ports were typed: `--port` for commands that have the flag, else a word. */
  readonly port?: number | undefined;
  /** Instead of the namespace that was typed. */
  readonly namespace?: string | undefined;
  /** Instead of the context that was typed; all of its namespaces count. */
  readonly context?: string | undefined;
}

/**
 * The command that the user typed, corrected. The flags of the connection are left out but for the namespace: those that
 * choose a cluster are added to every suggestion, and one that is a secret is never repeated.
 *
 * @returns null when a word cannot be pasted
 */
export async function retyped({ args }: Pick<System, 'args'>, correction: Correction): Promise<Command | null> {
  const { allCommands } = await import('./all-commands.ts');
  const every: Flags = Object.assign({}, ...allCommands.map(({ flags }) => flags));
  const { flags, words } = normalizeArguments(args, { ...every, ...connectionFlags });
  const [name = '', ...typed] = words;
  const own = allCommands.find((each) => each.name === name)?.flags ?? every;
  const { replace, port, namespace, context } = correction;
  const isMoved = namespace !== undefined || context !== undefined;
  const kept = flags.filter((flag) => {
    if (flag.name === 'namespace') return !isMoved;
    return Object.hasOwn(own, flag.name) && !(isMoved && flag.name === 'all-namespaces');
  });
  const operands = typed.map((each) => (each === replace?.word ? replace.by : each));
  const isPortFlag = own.port !== undefined;
  const isPortTyped = isPortFlag ? kept.some((flag) => flag.name === 'port') : typed.length > 1;
  const added = port === undefined || isPortTyped ? [] : [isPortFlag ? `--port=${port}` : port];
  const place =
    context === undefined ? namespace !== undefined && part`-n ${namespace}` : part`--context ${context} -A`;
  const flagWords = kept.flatMap(({ name: flag, value }) =>
    flag === 'namespace' ? ['-n', value] : [flagWord(flag, value, own)],
  );
  return command`kubectl skyports ${name} ${operands} ${added} ${flagWords} ${place}`;
}

function flagWord(name: string, value: string, own: Flags): string {
  const type = own[name]?.type;
  const isBare = type === 'boolean' ? value === 'true' : type === 'optional' && value === '';
  return isBare ? `--${name}` : `--${name}=${value}`;
}
