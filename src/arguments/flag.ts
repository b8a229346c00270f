/**
 * A command-line flag as data.
 *
 * - `boolean`: `--all-namespaces`, also `--all-namespaces=false`
 * - `string`: `--namespace x`; repeated, the last wins
 * - `list`: `--annotation a=b --annotation c=d`
 * - `optional`: takes a value only with `=`, so that `train` in `--wait train 8888` is not its value. Without a value it is ''
 */
export interface Flag {
  readonly type: 'boolean' | 'string' | 'list' | 'optional';
  /** One letter. */
  readonly short?: string;
  /** What the value stands for in help: NAMESPACE, DURATION. */
  readonly value?: string;
  /** Set if an `optional` flag is refused without a value. The help then shows `--probe=WHERE`. */
  readonly needsValue?: true;
  readonly describe: string;
  /** The heading in the help; default: `Flags`. */
  readonly group?: string;
  /** The values that it takes, if they can be listed. Completion offers them. */
  readonly choices?: readonly string[];
  /** The kind of names that it takes. Completion looks them up. */
  readonly completes?: Completable;
}

/** What completion can look up. For `file` the shell completes. `address` and other free text get no candidates. */
export type Completable =
  | 'check'
  | 'cluster'
  | 'context'
  | 'file'
  | 'ingress-class'
  | 'namespace'
  | 'node'
  | 'open-port'
  | 'our-port'
  | 'port'
  | 'sky-cluster'
  | 'user';

/** Flags by name, without the dashes. */
export type Flags = Readonly<Record<string, Flag>>;

/** The values of flags; undefined when not given. */
export type FlagValues<F extends Flags> = {
  readonly [Name in keyof F]:
    | (F[Name]['type'] extends 'boolean' ? boolean : F[Name]['type'] extends 'list' ? readonly string[] : string)
    | undefined;
};

/** Choices as a help text lists them: `a, b or c`. */
export function eitherOf(choices: readonly string[]): string {
  return [choices.slice(0, -1).join(', '), ...choices.slice(-1)].filter((part) => part !== '').join(' or ');
}
