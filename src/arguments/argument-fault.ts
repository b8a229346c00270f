import type { Flag } from './flag.ts';

/** The reason why an argument cannot be parsed. */
export type ArgumentFault =
  | { readonly kind: 'unknown-flag'; readonly name: string }
  | { readonly kind: 'unknown-shorthand'; readonly letter: string }
  | { readonly kind: 'no-value'; readonly typed: string; readonly flag: Flag }
  | { readonly kind: 'no-boolean'; readonly typed: string; readonly value: string }
  | { readonly kind: 'value-apart'; readonly typed: string; readonly flag: Flag; readonly value: string };

/** The error for an argument that cannot be parsed. The messages are in argument-errors.ts, because few calls need them. */
export class MisreadArgument extends Error {
  override readonly name = 'MisreadArgument';
  readonly fault: ArgumentFault;
  /** The index of the argument, from 0. */
  readonly at: number;
  /** The first operand before the argument, which is the name of the command; undefined if there is none. */
  readonly command: string | undefined;

  constructor(fault: ArgumentFault, at: number, command: string | undefined) {
    super(fault.kind);
    this.fault = fault;
    this.at = at;
    this.command = command;
  }
}
