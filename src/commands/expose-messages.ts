import type { Cure } from '../errors/cure.ts';
import type { Endpoint } from '../exposure/endpoint.ts';
import type { ChosenMode } from '../exposure/plan/choose-mode.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import type { ExposePlan } from '../exposure/plan/plan-expose.ts';
import type { Applied } from '../kubernetes/apply.ts';
import { cureLines } from '../output/cure-lines.ts';
import { endpointText } from '../output/endpoint-table.ts';
import type { System } from '../system.ts';

/** One line on stderr. */
export function say(system: System, line: string): void {
  system.stderr.line(line);
}

/** A fact on stderr, and what to do about it. */
export function sayWithCures(system: System, fact: string, cures: readonly Cure[]): void {
  say(system, fact);
  for (const line of cureLines(cures)) say(system, line);
}

/** What was chosen for the user, what to know before it happens, and what is left alone. */
export function sayPlan(
  { chosen, notes, warnings, alreadyOpen }: ExposePlan & { chosen: ChosenMode | undefined; notes: readonly string[] },
  system: System,
): void {
  if (chosen) say(system, `mode ${chosen.mode}: ${chosen.because}`);
  for (const note of notes) say(system, note);
  for (const warning of warnings) say(system, `warning: ${warning}`);
  for (const { port, source } of alreadyOpen) {
    const { kind, name } = source[0]!;
    say(
      system,
      `port ${port} is open already, through SkyPilot's ${kind} ${name}; nothing is written for it (--force writes)`,
    );
  }
}

/** That nothing had to be written, where that is so. */
export function announce(
  { writes }: ExposePlan,
  applied: readonly Applied[],
  { ports }: ExposeRequest,
  system: System,
): void {
  if (applied.length === 0 && writes.length > 0) {
    const names = ports.map(({ servicePort }) => servicePort);
    say(system, `nothing to change: port ${names.join(', ')} is open so already`);
  }
}

/** An address that anybody can call is said to be so; of a host name only DNS knows, so it counts. */
export function warnOfPublicAddresses(endpoints: readonly Endpoint[], system: System): void {
  const open = endpoints.filter(
    ({ managedBy, address, scope }) =>
      managedBy === 'kubectl-skyports' && address !== null && (scope === 'public' || scope === null),
  );
  if (open.length === 0) return;
  const where = [...new Set(open.map(endpointText))];
  const shown = where.length > 3 ? `${where.slice(0, 3).join(', ')} and ${where.length - 3} more` : where.join(', ');
  const cures = {
    loadbalancer: '--source-range CIDR lets only some in',
    ingress: '--annotation nginx.ingress.kubernetes.io/whitelist-source-range=CIDR lets only some in',
  } as Record<string, string>;
  const cure = cures[open[0]!.mode] ?? 'a firewall rule on the nodes lets only some in';
  say(system, `warning: anyone who can reach ${shown} can use it, there is no authentication in front; ${cure}`);
}
