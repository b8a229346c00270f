import { advice } from '../../errors/cure.ts';
import { Failure } from '../../errors/failure.ts';
import type { Manifest } from '../../snapshot/plan.ts';
import type { ApiError } from '../api/api-error.ts';
import { StalePlanError } from './stale-plan-error.ts';

/** The error for a 409. Either another field manager owns some fields, or the object has changed since it was read. */
export function conflict(error: ApiError, { kind, metadata }: Manifest): Failure {
  const fields = error.causes.filter(({ reason }) => reason === 'FieldManagerConflict');
  if (fields.length === 0)
    return new StalePlanError('conflict', error.message, [advice('try again')], { cause: error });
  const owned = fields.map(
    ({ field, message = '' }) => `${field} (${/conflict with "([^"]+)"/.exec(message)?.[1] ?? message})`,
  );
  return new Failure(
    'field-conflict',
    `${kind} ${metadata?.name}: other field managers own what would change: ${owned.join(', ')}`,
    [advice('add --force-conflicts to take these fields over')],
    { cause: error },
  );
}
