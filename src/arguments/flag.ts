/**
 * A command-line flag as data.
 *
 * - `boolean`: `--all-namespaces`, also `--all-namespaces=false`
 * - `string`: `--namespace x`; if the flag is repeated, the last value counts
 * - `list`: `--annotation a=b --annotation c=d`
 * - `optional`: `--wait`, `--wait=60s`. The value must follow `=`: in `--wait train 8888`, `train` is an operand.
 *   Without `=`, the value is ''
 */
export interface Flag {
  readonly type: 'boolean' | 'string' | 'list' | 'optional';
  /** The shorthand: one letter. */
  readonly short?: string;
  /** The placeholder for the value in the help: NAMESPACE, DURATION. */
  readonly value?: string;
  /** Set if an `optional` flag requires a value. The help then shows `--probe=WHERE` instead of `--probe[=WHERE]`. */
  readonly needsValue?: true;
  readonly describe: string;
  /** Set to `all` for a flag that few users need: only `--help=all` shows it. By default, `--help` shows the flag. */
  readonly shown?: 'all';
  /** The heading above the flag in the help; default: `Flags`. */
  readonly group?: string;
  /** The accepted values, if there are only a few. Completion offers them. */
  readonly choices?: readonly string[];
  /** What the values of the flag name, such as namespaces. Completion looks up these names. */
  readonly completes?: Completable;
}

/** The kinds of names that completion can look up. For `file`, the shell completes paths. Free text gets no candidates. */
export type Completable =
  | 'check'
  | 'cluster'
  | 'context'
  | 'file'
  | 'ingress-class'
  | 'namespace'
  | 'node'
  | 'node-address'
  | 'one-check'
  | 'open-port'
  | 'our-port'
  | 'port'
  | 'sky-cluster'
  | 'user';

/** Flags by name, without the dashes. */
export type Flags = Readonly<Record<string, Flag>>;

/** The values of flags, by name; undefined if a flag is not given. */
export type FlagValues<F extends Flags> = {
  readonly [Name in keyof F]:
    | (F[Name]['type'] extends 'boolean' ? boolean : F[Name]['type'] extends 'list' ? readonly string[] : string)
    | undefined;
};

/** Choices as a help text lists them: `a, b or c`. */
export function eitherOf(choices: readonly string[]): string {
  return [choices.slice(0, -1).join(', '), ...choices.slice(-1)].filter((part) => part !== '').join(' or ');
}
