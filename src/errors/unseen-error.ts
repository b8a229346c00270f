import type { Cure } from './cure.ts';
import { Failure } from './failure.ts';

/** Something that decides about the command may not be seen: a permission is missing, and the answer is unknown. Exit code 4. */
export class UnseenError extends Failure {
  override readonly name = 'UnseenError';

  constructor(code: string, message: string, cures: readonly Cure[]) {
    super(code, message, cures, { exitCode: 4 });
  }
}
