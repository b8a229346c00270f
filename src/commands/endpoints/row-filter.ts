import { advice, type Cure, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { type Access, accessValues } from '../../exposure/access.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { type EndpointState, endpointStates } from '../../exposure/endpoint-state.ts';
import { typedOperand } from '../../skypilot/operand.ts';
import { didYouMean } from '../flags/did-you-mean.ts';
import { type EndpointFlagValues, scopeValues } from './command.ts';

/** The rows to show, by their columns. Undefined for all rows. */
export interface RowFilter {
  readonly scopes: readonly (typeof scopeValues)[number][] | undefined;
  readonly access: readonly Access[] | undefined;
  readonly states?: readonly EndpointState[] | undefined;
}

/**
 * Parses `--scope`, `--access` and `--state`.
 *
 * @throws UsageError for an unknown value
 */
export function parseRowFilter(flags: Partial<Pick<EndpointFlagValues, 'scope' | 'access' | 'state'>>): RowFilter {
  return {
    scopes: valuesOf(flags.scope, scopeValues, '--scope'),
    access: valuesOf(flags.access, accessValues, '--access'),
    ...(flags.state && { states: valuesOf(flags.state, endpointStates, '--state') }),
  };
}

function valuesOf<T extends string>(
  words: readonly string[] | undefined,
  choices: readonly T[],
  flag: string,
): readonly T[] | undefined {
  if (words === undefined) return undefined;
  return words
    .flatMap((word) => word.split(','))
    .map((typed) => {
      const found = choices.find((each) => each === typed.trim());
      if (found) return found;
      throw new UsageError('invalid-value', `"${typed}" is not a valid value of ${flag}`, [
        advice(didYouMean(typed, choices, flag) ?? `${flag} takes one or more of ${choices.join(', ')}`),
      ]);
    });
}

/** Whether a row is one of those that the user asked for. */
export function isWanted(row: Endpoint, { scopes, access, states }: RowFilter): boolean {
  const hasScope = !scopes || scopes.includes(row.scope ?? 'unknown');
  return (
    hasScope && (!states || states.includes(row.state)) && (!access || row.access.some((each) => access.includes(each)))
  );
}

/** Whether the filter leaves out rows. */
export function isFiltering({ scopes, access, states }: RowFilter): boolean {
  return scopes !== undefined || access !== undefined || states !== undefined;
}

/**
 * The number of rows that are not shown only because their scope or their access is unknown. A filter for `none` must
 * not hide that these rows may be open, too.
 */
function unknownRows(rows: readonly Endpoint[], filter: RowFilter): number {
  const open = { ...filter, scopes: withUnknown(filter.scopes), access: withUnknown(filter.access) };
  return rows.filter((row) => isWanted(row, open) && !isWanted(row, filter)).length;
}

/** Where the user looked: the names, the ports and the namespace of the call. */
interface Place {
  readonly names: readonly string[];
  readonly ports: readonly number[] | undefined;
  readonly namespace: string | null;
}

interface Remark {
  readonly fact: string;
  readonly cures: readonly Cure[];
}

/**
 * What the user has to know about rows that are not shown: that none matches, and how many may match.
 *
 * @param rows.left the rows that do not match the filter
 */
export function remarksOnFilter(
  filter: RowFilter,
  { shown, left }: { readonly shown: readonly Endpoint[]; readonly left: readonly Endpoint[] },
  place: Place,
): Remark[] {
  const none = { fact: `No port matches ${flagsOf(filter).join(' ')}.`, cures: [] };
  const count = unknownRows(left, filter);
  return [
    ...(shown.length === 0 && left.length > 0 ? [none] : []),
    ...(count > 0 ? [unknownNote(count, filter, place)] : []),
  ];
}

function flagsOf({ scopes, access, states }: RowFilter): string[] {
  return [
    ...(scopes ? ['--scope', scopes.join(',')] : []),
    ...(access ? ['--access', access.join(',')] : []),
    ...(states ? ['--state', states.join(',')] : []),
  ];
}

function unknownNote(count: number, filter: RowFilter, { names, ports = [], namespace }: Place): Remark {
  const columns = [filter.scopes && 'scope', filter.access && 'access'].filter((each) => each !== undefined);
  const [are, their, rows] = count === 1 ? ['is', 'its', 'row'] : ['are', 'their', 'rows'];
  const operands = names.length > 0 ? [...names.map(typedOperand), ...ports] : [];
  const place = namespace === null ? ['-A'] : ['-n', namespace];
  const flags = flagsOf({ ...filter, scopes: withUnknown(filter.scopes), access: withUnknown(filter.access) });
  return {
    fact: `${count} ${rows} ${are} not shown and may match: ${their} ${columns.join(' or ')} is unknown`,
    cures: [cure(command`kubectl skyports endpoints ${operands} ${place} ${flags} -o wide`, 'shows them, too')],
  };
}

function withUnknown<T extends string>(values: readonly T[] | undefined): readonly (T | 'unknown')[] | undefined {
  return values && [...new Set([...values, 'unknown' as const])];
}
