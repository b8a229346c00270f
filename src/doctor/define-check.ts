import type { Cure } from '../errors/cure.ts';
import type { Topic } from '../snapshot/topics.ts';
import type { CheckContext } from './check-context.ts';
import type { Finding } from './finding.ts';
import type { Fix } from './fix/fix.ts';

/** error: a port does not answer, or SkyPilot fails. warning: it may. info: good to know. */
export type Severity = 'error' | 'warning' | 'info';

/** The parts of a packet's path from the user to the app, in the order of the checks. */
export const groups = [
  ...(['context', 'leftovers', 'pods', 'service', 'load-balancer'] as const),
  ...(['ingress', 'controller', 'skypilot', 'address', 'network'] as const),
] as const;
export type Group = (typeof groups)[number];

/** The docs of a check, in docs/checks.md and for `--explain`. Markdown. */
export interface CheckDocs {
  /** The meaning of a failure. */
  readonly means: string;
  /** Why it matters to a SkyPilot user. */
  readonly matters: string;
  /** How to fix it, in words. */
  readonly fix: string;
  /** Its commands, with placeholders in upper case. */
  readonly commands?: readonly Cure[];
  /** Sources of the facts: a Kubernetes field, a SkyPilot file, a project's documentation. */
  readonly sources: readonly string[];
}

/** Why something is unknown, and how to find it out. */
export interface Unseen {
  readonly reason: string;
  readonly cures: readonly Cure[];
}

/** One possible fault: how to find it, how to report it, how to fix it. */
export interface Check<
  Needs extends Topic = Topic,
  Wants extends Topic = Topic,
  F extends Finding = Finding,
  After extends string = string,
> {
  /** kebab-case; the file's name, the value of `--only` and `--skip`, the anchor in docs/checks.md. */
  readonly id: string;
  readonly group: Group;
  /**
   * Whether a failure breaks a packet's path, or the URL that SkyPilot prints. Only such a check can be a root cause. A
   * check off the path (a vulnerability, a leftover, a setting for the next launch) is at most a warning.
   */
  readonly onPath: boolean;
  /** Set if its failure also makes calls of the port fail. The checks of calls are then consequences. */
  readonly breaksCalls?: true;
  /** Set if it judges calls. Every earlier check with `breaksCalls` counts as listed in `after`. */
  readonly isCall?: true;
  /** The healthy fact, lower case: "every exposed Service selects the head Pod". */
  readonly title: string;
  readonly severity: Severity;
  /**
   * Topics that it requires. If one was not seen, the outcome is unknown. Reading any other topic is a compile error.
   */
  readonly needs: readonly Needs[];
  /** Topics that it uses if they were seen. */
  readonly wants?: readonly Wants[];
  /** Checks whose failure makes a finding about the same SkyPilot cluster a consequence. */
  readonly after: readonly After[];
  /** A function, since a diagnosis reads none of them. */
  docs(): CheckDocs;
  /** Why the check does not apply; undefined if it does. */
  notApplicable?(scene: CheckContext<Needs, Wants>): string | undefined;
  /**
   * Topics of `wants` that it requires in this case. They may depend on the mode and on the namespaces in the snapshot.
   */
  needsHere?(scene: CheckContext<Needs, Wants>): readonly (Needs | Wants)[];
  find(scene: CheckContext<Needs, Wants>): readonly F[];
  /** Why the result is unknown if all topics were seen and nothing was found; undefined if it is known. */
  unsettled?(scene: CheckContext<Needs, Wants>): string | Unseen | undefined;
  /** The fact in one or two sentences, without a cure. */
  say(finding: F): string;
  /** What to do about it, the most likely first: commands to paste, or advice. */
  cures(finding: F): readonly Cure[];
  /** The change that `doctor --fix` makes for the finding; undefined if a person has to decide. */
  fix?(finding: F): Fix | undefined;
  /** The severity of this finding, if it differs from the check's. */
  severityOf?(finding: F): Severity;
}

/**
 * Exists for type inference: `find` only sees the topics in `needs` and `wants`, and the ids in `after` keep their
 * types.
 */
export function defineCheck<
  const Needs extends Topic,
  F extends Finding,
  const Wants extends Topic = never,
  const After extends string = never,
>(check: Check<Needs, Wants, F, After>): Check<Topic, Topic, Finding, After> {
  return check as unknown as Check<Topic, Topic, Finding, After>;
}
