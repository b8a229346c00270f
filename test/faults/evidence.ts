import type { RunOutcome } from '../helpers/run-skyports.ts';
import { type Facts, missingFrom } from './facts.ts';
import type { ProxiedRequest } from './fault-proxy.ts';
import { shortOfGoal } from './stage.ts';
import type { Trial } from './try-cell.ts';

/** What an outcome says, on both streams. */
export const outputOf = ({ stdout, stderr }: RunOutcome): string => `${stdout}\n${stderr}`;

export const readsHit = ({ requests }: Trial): ProxiedRequest[] =>
  requests.filter(({ does, isHit }) => does === 'read' && isHit);

export const writesHit = ({ requests }: Trial): ProxiedRequest[] =>
  requests.filter(({ does, isHit }) => does === 'write' && isHit);

/** Whether the fault hit anything. */
export function isHit({ requests, cell }: Trial): boolean {
  return requests.some((each) => each.isHit) || (cell.fault.blow.do === 'go away' && requests.length === 0);
}

/** Kinds of which every read was hit, among those that the command cannot do without. */
export function vitalHit({ requests, cell }: Trial, vital = cell.row.vital): string[] {
  const isCut = (resource: string) => {
    const reads = requests.filter((each) => each.does === 'read' && each.resource === resource);
    return reads.length > 0 && reads.every((each) => each.isHit);
  };
  return vital.filter(isCut);
}

/**
 * Whether a true API server could have answered so: then the plugin may believe it.
 *
 * @param about only requests for these kinds; default: all
 */
export function isBelievable({ requests, cell }: Trial, about?: readonly string[]): boolean {
  const { believable } = cell.fault;
  const asked = requests.filter(({ resource }) => about?.includes(resource) ?? true);
  return believable !== undefined && asked.some((each) => each.isHit && believable(each));
}

/** Whether a command that reads has the answer that it has with nothing in between; true for others. */
export function hasAnswer({ cell, site, undisturbed }: Trial, outcome: RunOutcome): boolean {
  const { answer } = cell.row;
  return answer === undefined || answer(outcome, site) === answer(undisturbed, site);
}

/** What keeps the command from its goal, on the real server. */
export function shortIn({ cell, site }: Trial, facts: Facts): string[] {
  return shortOfGoal(cell.row, site, facts);
}

/** What was so before, is not so any more, and was not to be removed. */
export function lostIn({ cell, site, before }: Trial, facts: Facts): string[] {
  const mayGo = cell.row.takes?.(site) ?? [];
  return missingFrom(facts, before).filter((line) => !mayGo.some((pattern) => pattern.test(line)));
}

/** Whether the output has the server's own words, or calls its answer what it is. */
export function hasWords({ cell }: Trial, outcome: RunOutcome): boolean {
  const { words } = cell.fault;
  const output = outputOf(outcome);
  return (words !== undefined && output.includes(words)) || /unexpected response/i.test(output);
}
