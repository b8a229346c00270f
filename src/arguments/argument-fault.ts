import type { Flag } from './flag.ts';

/** What is wrong with one argument. */
export type ArgumentFault =
  | { readonly kind: 'unknown-flag'; readonly name: string }
  | { readonly kind: 'unknown-shorthand'; readonly letter: string }
  | { readonly kind: 'no-value'; readonly typed: string; readonly flag: Flag }
  | { readonly kind: 'no-boolean'; readonly typed: string; readonly value: string }
  | { readonly kind: 'value-apart'; readonly typed: string; readonly flag: Flag; readonly value: string };

/** An argument that cannot be parsed. argument-errors.ts has the messages, because few calls need them. */
export class MisreadArgument extends Error {
  override readonly name = 'MisreadArgument';
  readonly fault: ArgumentFault;
  /** The index of the argument, from 0. */
  readonly at: number;
  /** The first word before it that is not a flag, which is the command if there is one. */
  readonly command: string | undefined;

  constructor(fault: ArgumentFault, at: number, command: string | undefined) {
    super(fault.kind);
    this.fault = fault;
    this.at = at;
    this.command = command;
  }
}
