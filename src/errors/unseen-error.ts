import type { Cure } from './cure.ts';
import { Failure } from './failure.ts';

/** Something that decides about the command may not be seen: a permission is missing, and the answer is unknown. Exit code 4. */
export class UnseenError extends Failure {
  override readonly name = 'UnseenError';

  constructor(code: string, message: string, cures: readonly Cure[]);
  constructor(message: string, cure?: string);
  constructor(first: string, second?: string, cures?: readonly Cure[]) {
    if (cures) super(first, second ?? '', cures, { exitCode: 4 });
    else super(first, second, { exitCode: 4 });
  }
}
