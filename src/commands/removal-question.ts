import { resourceNameOf } from '../snapshot/object-reference.ts';
import type { Plan } from '../snapshot/plan.ts';
import type { System } from '../system.ts';

type Changes = Pick<Plan, 'writes' | 'removals'>;

/** What is going to happen, in the future tense, a line for each object: `will delete service/train-…`. */
export function announceChanges({ writes, removals }: Changes, { stderr }: System): void {
  for (const { kind, manifest } of changed(writes)) {
    stderr.line(`will change ${resourceNameOf(kind, manifest.metadata?.name ?? '')}`);
  }
  for (const removal of removals) {
    stderr.line(`will delete ${resourceNameOf(removal.kind, removal.name)} from ${removal.namespace} namespace`);
  }
}

/** `Delete 2 Services and 1 Ingress?`; `Change 1 Service and delete 1 Ingress?` */
export function questionAbout({ writes, removals }: Changes): string {
  const parts = [...countOf('change', changed(writes)), ...countOf('delete', removals)];
  const question = parts.join(' and ');
  return `${question.slice(0, 1).toUpperCase()}${question.slice(1)}?`;
}

function changed(writes: Plan['writes']): Plan['writes'] {
  return writes.filter(({ effect }) => effect !== 'unchanged');
}

function countOf(verb: string, objects: readonly { readonly kind: string }[]): string[] {
  const kinds = [...Map.groupBy(objects, ({ kind }) => kind)].map(
    ([kind, { length }]) => `${length} ${length === 1 ? kind : plural(kind)}`,
  );
  return kinds.length > 0 ? [`${verb} ${listed(kinds)}`] : [];
}

function plural(kind: string): string {
  return kind.endsWith('s') ? `${kind}es` : `${kind}s`;
}

function listed(texts: readonly string[]): string {
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`;
}
