import { isRecord } from '../snapshot/shape.ts';

/** The ports of one candidate in the resources of a task. */
export interface TaskPorts {
  /** The `name` of the task; undefined if it has none. */
  readonly task: string | undefined;
  /** The ports in ascending order, each port once; not empty. */
  readonly ports: readonly number[];
}

/**
 * A fault in a task file. The message is a text such as `resources.ports has "80a0", which is not a port or a range`.
 */
export class TaskFault extends Error {
  override readonly name = 'TaskFault';
}

/**
 * The ports in the documents of a SkyPilot task file (sky/resources.py, sky/utils/dag_utils.py). Several documents are
 * a pipeline. Each document is a task, but the first one may contain only the name of the pipeline.
 *
 * The result has one entry for each candidate in `any_of` or `ordered` that has ports. SkyPilot does not replace
 * environment variables in ports (sky/task.py, _fill_in_env_vars).
 *
 * @throws TaskFault
 */
export function portsOfTasks(documents: readonly unknown[]): TaskPorts[] {
  const tasks = documents.filter((each) => each !== null && each !== undefined);
  if (tasks.length === 0) throw new TaskFault('it has no task');
  return tasks.flatMap((task) => {
    if (!isRecord(task))
      throw new TaskFault('it is not a SkyPilot task: a task is an object with keys such as resources');
    const name = typeof task.name === 'string' ? task.name : undefined;
    return candidatesOf(task.resources)
      .map((candidate) => ({ task: name, ports: portsOf(candidate.ports) }))
      .filter(({ ports }) => ports.length > 0);
  });
}

/**
 * The candidates in the resources. If a candidate and the resources both have a key, the key of the candidate counts
 * (sky/resources.py, from_yaml_config).
 */
function candidatesOf(resources: unknown): Record<string, unknown>[] {
  if (resources === null || resources === undefined) return [];
  if (!isRecord(resources)) throw new TaskFault('resources is not an object');
  const { any_of: anyOf, ordered } = resources;
  if (hasItems(anyOf) && hasItems(ordered)) throw new TaskFault('resources has both any_of and ordered');
  const overrides = hasItems(anyOf) ? anyOf : ordered;
  if (!hasItems(overrides)) return [resources];
  if (!Array.isArray(overrides) || !overrides.every(isRecord)) {
    throw new TaskFault(`resources.${hasItems(anyOf) ? 'any_of' : 'ordered'} is not a list of objects`);
  }
  return overrides.map((override) => ({ ...resources, ...override }));
}

function hasItems(value: unknown): boolean {
  return value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);
}

/**
 * Parses `resources.ports`: a number, a text such as `8080`, `8080-8089` or `8080,9090`, or a list of both
 * (sky/utils/resources_utils.py, port_ranges_to_set).
 */
function portsOf(value: unknown): number[] {
  if (value === null || value === undefined) return [];
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  const ranges = items.flatMap((item) => {
    if (typeof item !== 'number' && typeof item !== 'string') throw notAPort(wordFor(item));
    return String(item)
      .split(',')
      .map((part) => rangeOf(part.trim()));
  });
  // Visit each port only once, even if several ranges contain it.
  const ports: number[] = [];
  for (const [from, to] of ranges.sort(([a], [b]) => a - b)) {
    for (let port = Math.max(from, (ports.at(-1) ?? 0) + 1); port <= to; port++) ports.push(port);
  }
  return ports;
}

function rangeOf(text: string): readonly [from: number, to: number] {
  const [, first, last = first] = /^(\d{1,10})(?:\s*-\s*(\d{1,10}))?$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (!(from >= 1 && to <= 65_535 && from <= to)) throw notAPort(`"${text}"`);
  return [from, to];
}

function wordFor(item: unknown): string {
  if (Array.isArray(item)) return 'a list in the list';
  return isRecord(item) ? 'an object' : String(item);
}

function notAPort(text: string): TaskFault {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return new TaskFault(`resources.ports has ${shown}, which is not a port or a range`);
}

/**
 * Ports as SkyPilot writes them, with ranges for consecutive ports: `['1-3', '5']`.
 *
 * @param ports in ascending order, each port once
 */
export function portRanges(ports: readonly number[]): string[] {
  const ranges: { from: number; to: number }[] = [];
  for (const port of ports) {
    const last = ranges.at(-1);
    if (last?.to === port - 1) last.to = port;
    else ranges.push({ from: port, to: port });
  }
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
}
