import type { Endpoint } from '../../exposure/endpoint.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import type { Applied } from '../../kubernetes/changes/apply.ts';
import { allModes, writtenModeOf } from '../../modes/all-modes.ts';
import type { ChosenMode } from '../../modes/choose-mode.ts';
import type { ExposePlan } from '../../modes/plan-expose.ts';
import { endpointText } from '../../output/endpoint-table.ts';
import { changesAnything } from '../../snapshot/plan.ts';
import type { System } from '../../system.ts';
import { say } from '../messages.ts';
import type { ExposeCall } from './call.ts';

/**
 * Prints the chosen mode, the notes and warnings, and the ports that need no change. This happens before anything is
 * written.
 */
export function sayPlan(
  { chosen, notes, warnings, alreadyOpen }: ExposePlan & { chosen: ChosenMode | undefined; notes: readonly string[] },
  system: System,
): void {
  if (chosen) say(system, `mode ${chosen.mode}: ${chosen.reason}`);
  for (const note of notes) say(system, note);
  for (const warning of warnings) say(system, `warning: ${warning}`);
  for (const { port, source } of alreadyOpen) {
    const { kind, name } = source[0]!;
    say(system, `port ${port} is open already, through SkyPilot's ${kind} ${name}: nothing is written for it`);
    say(system, 'add --beside-skypilot to open it a second time');
  }
}

/** If nothing was written, reports that the ports were already open. */
export function announce(
  { writes }: ExposePlan,
  applied: readonly Applied[],
  { ports }: ExposeRequest,
  system: System,
): void {
  if (applied.length === 0 && writes.length > 0) {
    const names = ports.map(({ servicePort }) => servicePort);
    say(system, `nothing to change: port ${names.join(', ')} is already open`);
  }
}

/**
 * Warns of each address that anyone can call. A host name counts as public, because it may resolve to a public address.
 *
 * @param protection what protects the app itself, such as `only the token of JupyterLab protects it`
 */
export function warnOfPublicAddresses(
  endpoints: readonly Endpoint[],
  system: System,
  protection = 'without authentication',
): void {
  const open = endpoints.filter(
    ({ managedBy, address, scope }) =>
      managedBy === 'kubectl-skyports' && address !== null && (scope === 'public' || scope === null),
  );
  if (open.length === 0) return;
  const where = [...new Set(open.map(endpointText))];
  const shown = where.length > 3 ? `${where.slice(0, 3).join(', ')} and ${where.length - 3} more` : where.join(', ');
  const limits = new Set(open.flatMap(({ mode }) => writtenModeOf(mode)?.limitAdvice ?? []));
  say(system, `warning: ${shown} ${where.length === 1 ? 'is' : 'are'} open to anyone who can reach it, ${protection}`);
  for (const limit of limits) say(system, limit);
}

/** Says how to start the apps that have to know their path or host. */
export async function sayHowToStart(
  { flags, system }: Pick<ExposeCall, 'flags' | 'system'>,
  plan: ExposePlan,
  request: ExposeRequest,
  endpoints: readonly Endpoint[],
): Promise<void> {
  const isHint = flags.app === undefined && request.rewrite !== 'keep';
  if (isHint && (allModes[request.mode].answeredBy === 'app' || !changesAnything(plan))) return;
  const { startLines } = await import('./app.ts');
  for (const line of startLines(request, plan, endpoints, flags)) say(system, line);
}
