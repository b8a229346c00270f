import { advice } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import { resourceNameOf } from '../snapshot/object-reference.ts';
import type { Plan } from '../snapshot/plan.ts';
import { counted, listed } from '../snapshot/text.ts';
import type { System } from '../system.ts';

/**
 * Asks on the terminal before a change. Any answer except `y` or `yes` means no.
 *
 * @param question the question: "Delete 1 Service?"
 */
export async function confirm(system: System, question = 'Make these changes?'): Promise<boolean> {
  return /^y(es)?$/i.test((await system.ask(`${question} [y/N] `)).trim());
}

/**
 * If there is no terminal, refuses a command that has to ask the user.
 *
 * @param what the reason: "prune asks before it removes"
 * @throws UsageError
 */
export function requireConfirmation(
  what: string,
  { yes, dryRun }: { readonly yes: boolean | undefined; readonly dryRun: boolean },
  system: Pick<System, 'stdinIsTerminal'>,
): void {
  // Reading `stdinIsTerminal` opens stdin, which takes 2 ms.
  if (yes || dryRun || system.stdinIsTerminal) return;
  throw new UsageError('no-terminal', `${what}, and there is no terminal to ask on`, [
    advice('add --dry-run to see what it would do'),
    advice('add -y to do it without asking'),
  ]);
}

type Changes = Pick<Plan, 'writes' | 'removals'>;

/** Prints the planned changes, one line for each object: `will delete service/train-…`. */
export function announceChanges({ writes, removals }: Changes, { stderr }: System): void {
  for (const { kind, manifest } of changed(writes)) {
    stderr.line(`will change ${resourceNameOf(kind, manifest.metadata?.name ?? '')}`);
  }
  for (const removal of removals) {
    stderr.line(`will delete ${resourceNameOf(removal.kind, removal.name)} from ${removal.namespace} namespace`);
  }
}

/** The question about a plan: `Delete 2 Services and 1 Ingress?`, `Change 1 Service and delete 1 Ingress?` */
export function questionAbout({ writes, removals }: Changes): string {
  const parts = [...countOf('change', changed(writes)), ...countOf('delete', removals)];
  const question = parts.join(' and ');
  return `${question.slice(0, 1).toUpperCase()}${question.slice(1)}?`;
}

function changed(writes: Plan['writes']): Plan['writes'] {
  return writes.filter(({ effect }) => effect !== 'unchanged');
}

function countOf(verb: string, objects: readonly { readonly kind: string }[]): string[] {
  const kinds = [...Map.groupBy(objects, ({ kind }) => kind)].map(([kind, { length }]) => counted(length, kind));
  return kinds.length > 0 ? [`${verb} ${listed(kinds)}`] : [];
}
