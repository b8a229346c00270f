import type { Flag } from './flag.ts';

/** The reason why an argument cannot be parsed. */
export type ArgumentFault =
  | { readonly kind: 'unknown-flag'; readonly name: string }
  | { readonly kind: 'unknown-shorthand'; readonly letter: string }
  | { readonly kind: 'no-value'; readonly typed: string; readonly flag: Flag }
  | { readonly kind: 'no-boolean'; readonly typed: string; readonly value: string }
  | { readonly kind: 'value-apart'; readonly typed: string; readonly flag: Flag; readonly value: string };

/**
 * The error for an argument that cannot be parsed. Its messages are in argument-errors.ts, which is loaded only if
 * there is such an error.
 */
export class MisreadArgument extends Error {
  override readonly name = 'MisreadArgument';
  readonly fault: ArgumentFault;
  /** The index of the argument in the call, from 0. */
  readonly at: number;
  /**
   * The first word before the argument that is not a flag: the name of the command. Undefined if there is no such word.
   */
  readonly command: string | undefined;

  constructor(fault: ArgumentFault, at: number, command: string | undefined) {
    super(fault.kind);
    this.fault = fault;
    this.at = at;
    this.command = command;
  }
}
