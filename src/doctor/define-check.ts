import type { Cure } from '../errors/cure.ts';
import type { Topic } from '../snapshot/topics.ts';
import type { CheckContext } from './check-context.ts';
import type { Finding } from './finding.ts';
import type { Fix } from './fix/fix.ts';

/** error: a port does not answer, or SkyPilot fails. warning: it may. info: worth knowing. */
export type Severity = 'error' | 'warning' | 'info';

/** The links of a packet's path from the user to the app, in the order of the checks. */
export const groups = [
  ...(['context', 'leftovers', 'pods', 'service', 'load-balancer'] as const),
  ...(['ingress', 'controller', 'skypilot', 'address', 'network'] as const),
] as const;
export type Group = (typeof groups)[number];

/** A check's page in docs/checks.md, and what `--explain` shows. Markdown. */
export interface CheckDocs {
  /** What it means when the check fails. */
  readonly means: string;
  /** Why that matters to a SkyPilot user. */
  readonly matters: string;
  /** How to fix it, in words. */
  readonly fix: string;
  /** The commands for it, with placeholders in upper case. */
  readonly commands?: readonly Cure[];
  /** Where the facts are from: a Kubernetes field, a SkyPilot file, a project's documentation. */
  readonly sources: readonly string[];
}

/** One thing that can be wrong: how to find it, how to say it, how to fix it. */
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
   * Whether it is a link of the packet's path, or of what SkyPilot prints as its beginning: only then can it be a root cause. One
   * beside the path (a vulnerability, a leftover, a setting for the next launch) is a warning at most.
   */
  readonly onPath: boolean;
  /** Set if calls of a port fail when it fails: then the checks of calls follow from it. */
  readonly breaksCalls?: true;
  /** Set if it judges calls: every check before it with `breaksCalls` counts as named in `after`. */
  readonly isCall?: true;
  /** The healthy fact, lower case: "every exposed Service selects the head Pod". */
  readonly title: string;
  readonly severity: Severity;
  /** Topics it cannot do without: when one was not seen, the outcome is unknown. Reading another is a compile error. */
  readonly needs: readonly Needs[];
  /** Topics that it uses when they were seen. */
  readonly wants?: readonly Wants[];
  /** Checks whose failure makes a finding about the same SkyPilot cluster a mere consequence. */
  readonly after: readonly After[];
  readonly docs: CheckDocs;
  /** Why there is nothing to judge; undefined when there is. */
  notApplicable?(scene: CheckContext<Needs, Wants>): string | undefined;
  /** Topics of `wants` that it cannot do without here: which they are may hang on the mode and the scope of the look. */
  needsHere?(scene: CheckContext<Needs, Wants>): readonly (Needs | Wants)[];
  find(scene: CheckContext<Needs, Wants>): readonly F[];
  /** Why nothing can be said although all was seen, when nothing was found; undefined when it can. */
  unsettled?(scene: CheckContext<Needs, Wants>): string | undefined;
  /** The fact, one or two sentences, without a cure. */
  say(finding: F): string;
  /** What to do about it, the most likely first: commands to paste, or advice. */
  cures(finding: F): readonly Cure[];
  /** The same as a change that `doctor --fix` may make; undefined where a person has to decide. */
  fix?(finding: F): Fix | undefined;
  /** Another severity than the check's for this finding. */
  severityOf?(finding: F): Severity;
}

/** Exists for inference: `find` sees the topics listed in `needs` and `wants`, and no others; the ids in `after` are kept. */
export function defineCheck<
  const Needs extends Topic,
  F extends Finding,
  const Wants extends Topic = never,
  const After extends string = never,
>(check: Check<Needs, Wants, F, After>): Check<Topic, Topic, Finding, After> {
  return check as unknown as Check<Topic, Topic, Finding, After>;
}
