import { type Command, type CommandPart, command, part } from '../errors/cure.ts';
import type { PortMapping } from '../exposure/port-mapping.ts';
import type { ExposeMode } from '../exposure/port-mode-names.ts';
import { operandOf } from '../skypilot/operand.ts';
import type { SkyCluster } from '../skypilot/sky-cluster.ts';

/**
 * The names of a SkyPilot cluster: `SkyPilot cluster train (train-2ea485ef)`. The second name is left out if both are
 * equal.
 */
export function displayOf({ displayName, nameOnCloud }: Pick<SkyCluster, 'displayName' | 'nameOnCloud'>): string {
  return displayName === nameOnCloud
    ? `SkyPilot cluster ${nameOnCloud}`
    : `SkyPilot cluster ${displayName} (${nameOnCloud})`;
}

/** The message of another program without its full stop, for use inside a sentence. */
export function withoutStop(text: string): string {
  return text.trim().replace(/\.$/, '');
}

/**
 * The command `kubectl skyports expose train 8888 80:9000 -n default`.
 * @param flags more flags, such as `--beside-skypilot`, made with the template tag `part`
 */
export function exposeCommand(
  skyCluster: Pick<SkyCluster, 'displayName' | 'nameOnCloud' | 'namespace'>,
  ports: readonly PortMapping[],
  mode?: ExposeMode,
  flags?: CommandPart,
): Command | null {
  const same = ports.filter(({ servicePort, targetPort }) => servicePort === targetPort);
  const mapped = ports.filter((each) => !same.includes(each));
  const words = [
    ...rangesOf(same.map(({ servicePort }) => servicePort)),
    ...new Set(mapped.map(({ servicePort, targetPort }) => `${servicePort}:${targetPort}`)),
  ];
  const place = part`-n ${skyCluster.namespace} ${mode && part`--mode ${mode}`}`;
  return command`kubectl skyports expose ${operandOf(skyCluster)} ${words} ${place} ${flags}`;
}

/** Ports in the syntax of the command line: `8888`, `30001-30020`. */
export function rangesOf(ports: readonly number[]): string[] {
  const ranges: { from: number; to: number }[] = [];
  for (const port of [...new Set(ports)].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && last.to === port - 1) last.to = port;
    else ranges.push({ from: port, to: port });
  }
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
}

/** Seconds between two ISO 8601 times; undefined if one of them is not a valid time. */
export function secondsBetween(since: string | null | undefined, now: string): number | undefined {
  const seconds = (Date.parse(now) - Date.parse(since ?? '')) / 1000;
  return Number.isNaN(seconds) ? undefined : seconds;
}
