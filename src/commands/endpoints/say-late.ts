import { goDurationText } from '../../arguments/duration.ts';
import { type Cure, command, cure } from '../../errors/cure.ts';
import { operandOf } from '../../skypilot/operand.ts';
import type { System } from '../../system.ts';
import type { ConnectionValues } from '../command.ts';
import { sayWithCures } from '../messages.ts';
import { lateRows } from '../wait-line.ts';
import type { Waited } from './wait.ts';

/** How the time ran out. */
export interface Late {
  readonly waitMs: number;
  /** Whether the user asked to wait: then it is an error. */
  readonly isError: boolean;
  readonly values: ConnectionValues;
}

/** Says which endpoints did not come, why, and what finds the cause. */
export function sayLate(waited: Waited, { waitMs, isError, values }: Late, system: System): void {
  const late = lateRows(waited.endpoints, waited.settled, waited.snapshot);
  const fact = `not ready after ${goDurationText(waitMs)}: ${late.join('; ') || 'no endpoint appeared'}`;
  sayWithCures(system, isError ? `error: ${fact}` : fact, curesOf(waited), values);
}

/** A command for the first SkyPilot cluster with a late port. */
function curesOf({ endpoints, settled }: Waited): Cure[] {
  const answering = new Set(
    settled.filter(({ standing }) => standing === 'answers' || standing === 'not-called').map(({ row }) => row),
  );
  const late = endpoints.filter((row) => row.state !== 'Ready' || (settled.length > 0 && !answering.has(row)));
  const [first] = late;
  if (!first) return [];
  const ports = new Set(late.filter((row) => row.nameOnCloud === first.nameOnCloud).map(({ port }) => port));
  return [
    cure(
      command`kubectl skyports doctor ${operandOf(first)} ${[...ports]} -n ${first.namespace}`,
      'says why and how to fix it',
    ),
  ];
}
