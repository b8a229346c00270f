import { Failure } from './failure.ts';

/** The user or the system ended the process (SIGINT, SIGTERM) before it was done. 128 + SIGINT; main.ts knows the signal. */
export class InterruptedError extends Failure {
  override readonly name = 'InterruptedError';

  constructor() {
    super('interrupted', 'interrupted', [], { exitCode: 130 });
  }
}
