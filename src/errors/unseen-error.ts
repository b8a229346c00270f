import { Failure } from './failure.ts';

/** Something that decides about the command may not be seen: a permission is missing, and the answer is unknown. Exit code 4. */
export class UnseenError extends Failure {
  override readonly name = 'UnseenError';

  constructor(message: string, cure?: string) {
    super(message, cure, { exitCode: 4 });
  }
}
