import { Failure } from '../../errors/failure.ts';

/** An object has changed since the plan was made. The caller reads the objects again and makes a new plan. */
export class StalePlanError extends Failure {
  override readonly name = 'StalePlanError';
}
