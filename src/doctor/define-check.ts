import type { Cure } from '../errors/cure.ts';
import type { HopName } from '../modes/hops.ts';
import type { Topic } from '../snapshot/topics.ts';
import type { CheckContext } from './check-context.ts';
import type { Finding } from './finding.ts';
import type { Fix } from './fix/fix.ts';

/** `error`: a port does not answer, or SkyPilot fails. `warning`: this may happen. `info`: useful to know. */
export type Severity = 'error' | 'warning' | 'info';

/** The parts of a packet's path from the user to the app, in the order of the checks. */
export const groups = [
  ...(['context', 'leftovers', 'pods', 'service', 'load-balancer'] as const),
  ...(['ingress', 'controller', 'skypilot', 'address', 'network', 'app'] as const),
] as const;
export type Group = (typeof groups)[number];

/** The hop that the checks of a group judge; undefined for groups that judge no station of a packet. */
export const hopOfGroup: Readonly<Record<Group, HopName | undefined>> = {
  context: undefined,
  leftovers: undefined,
  pods: 'pod',
  service: 'service',
  'load-balancer': 'load-balancer',
  ingress: 'ingress',
  controller: 'controller',
  skypilot: undefined,
  address: 'address',
  network: 'address',
  app: 'app',
};

/** The documentation of a check, for docs/checks.md and `--explain`. The texts are Markdown. */
export interface CheckDocs {
  /** The meaning of a failure. */
  readonly means: string;
  /** Why the failure matters to a SkyPilot user. */
  readonly matters: string;
  /** A description of how to fix the failure. */
  readonly fix: string;
  /** The commands of the fix, with placeholders in upper case. */
  readonly commands?: readonly Cure[];
  /** Sources of the facts: a Kubernetes field, a SkyPilot file, a project's documentation. */
  readonly sources: readonly string[];
}

/** Why an outcome is unknown, and how the user can find out the missing facts. */
export interface Unseen {
  readonly reason: string;
  readonly cures: readonly Cure[];
}

/** A check for one possible fault. It contains how to find, report and fix the fault. */
export interface Check<
  Needs extends Topic = Topic,
  Wants extends Topic = Topic,
  F extends Finding = Finding,
  After extends string = string,
> {
  /**
   * The id in kebab-case. It is also the file's name, the value of `--only` and `--skip`, and the anchor in
   * docs/checks.md.
   */
  readonly id: string;
  readonly group: Group;
  /** The hop of a packet's path that the check judges, if it is not the hop of its group (`hopOfGroup`). */
  readonly hop?: HopName;
  /**
   * Whether a failure stops packets on their way to the app, or makes SkyPilot print a wrong URL. Only such a check can
   * be a root cause. All other checks are at most warnings. For example, they report a vulnerability, a leftover, or a
   * setting for the next launch.
   */
  readonly onPath: boolean;
  /**
   * Set if calls of the port fail when this check fails. If this check fails with an error, later failures of checks
   * with `isCall` count as its consequences.
   */
  readonly breaksCalls?: true;
  /**
   * Set if the check judges calls. The check then behaves as if `after` listed each earlier check with `breaksCalls`.
   */
  readonly isCall?: true;
  /**
   * The statement that is true if the check passes. It begins in lower case: "every exposed Service selects the head
   * Pod".
   */
  readonly title: string;
  readonly severity: Severity;
  /**
   * The topics that the check requires. If one of them was not seen, the outcome is unknown. The compiler reports an
   * error if the check reads a topic that is neither in `needs` nor in `wants`.
   */
  readonly needs: readonly Needs[];
  /** The optional topics. The check uses each of them that was seen. */
  readonly wants?: readonly Wants[];
  /**
   * The ids of checks that can cause a failure of this check. If such a check has failed for the same SkyPilot cluster,
   * the finding of this check counts as a consequence.
   */
  readonly after: readonly After[];
  /** The documentation. It is a function, because a diagnosis does not need these texts. */
  docs(): CheckDocs;
  /** Why the check does not apply; undefined if it applies. */
  notApplicable?(scene: CheckContext<Needs, Wants>): string | undefined;
  /**
   * The topics of `wants` that are not optional in this case. If one of them was not seen, the outcome is unknown. The
   * result may depend on the mode and on the namespaces in the snapshot.
   */
  needsHere?(scene: CheckContext<Needs, Wants>): readonly (Needs | Wants)[];
  find(scene: CheckContext<Needs, Wants>): readonly F[];
  /**
   * Why the outcome is unknown; undefined if it is known. This function is called last, if all required topics were
   * seen and nothing was found.
   */
  unsettled?(scene: CheckContext<Needs, Wants>): string | Unseen | undefined;
  /** What was found, in one or two sentences, without a cure. */
  say(finding: F): string;
  /** The cures of the finding, the most likely first. Each is a command to paste, or advice. */
  cures(finding: F): readonly Cure[];
  /** The change that `doctor --fix` makes for the finding; undefined if a person has to decide. */
  fix?(finding: F): Fix | undefined;
  /** The severity of the finding. Without this function, every finding has the severity of the check. */
  severityOf?(finding: F): Severity;
}

/**
 * Returns the check unchanged. This function lets the compiler infer types: `find` can only read the topics in `needs`
 * and `wants`, and the ids in `after` keep their types.
 */
export function defineCheck<
  const Needs extends Topic,
  F extends Finding,
  const Wants extends Topic = never,
  const After extends string = never,
>(check: Check<Needs, Wants, F, After>): Check<Topic, Topic, Finding, After> {
  return check as unknown as Check<Topic, Topic, Finding, After>;
}

/** A finding that already contains its message and its cures. */
export interface ToldFinding extends Finding {
  readonly fact: string;
  readonly cures: readonly Cure[];
}

/** A finding that also contains its severity. */
export interface RankedFinding extends ToldFinding {
  readonly severity: Severity;
}

/** The functions of a check whose findings are `ToldFinding`. */
export const toldFindings = {
  say: ({ fact }: ToldFinding) => fact,
  cures: ({ cures }: ToldFinding) => cures,
};

/** The functions of a check whose findings are `RankedFinding`. */
export const rankedFindings = { ...toldFindings, severityOf: ({ severity }: RankedFinding) => severity };
