import type { Cure } from '../errors/cure.ts';
import { indexSnapshot, type SnapshotIndex } from '../exposure/snapshot-index.ts';
import { createMemo, type Memo } from '../snapshot/memo.ts';
import { keyOf, type ObjectReference, type WithMetadata } from '../snapshot/object-reference.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { allTopics, type Topic, topicRows } from '../snapshot/topics.ts';
import { lookedFor, unseenCures } from '../snapshot/unseen-words.ts';
import { checkContextOf, type Subject } from './check-context.ts';
import type { Check, Severity, Unseen } from './define-check.ts';
import { type Evidence, type Finding, overlap } from './finding.ts';
import type { Fix } from './fix/fix.ts';
import { seenInstead } from './seen-instead.ts';

/** A finding with its message and its cures, ready to be reported. */
export interface SaidFinding {
  readonly severity: Severity;
  /** The affected SkyPilot clusters, as `namespace/nameOnCloud`; `*` stands for all. */
  readonly about: readonly string[];
  /** The affected Service ports; undefined if the finding is about all ports that use its objects. */
  readonly servicePorts?: readonly number[] | undefined;
  readonly message: string;
  readonly cures: readonly Cure[];
  /** The change that `doctor --fix` would make. The documents of `-o json` and `-o yaml` do not contain it. */
  readonly fix: Fix | undefined;
  readonly objects: readonly ObjectReference[];
  readonly evidence: readonly Evidence[];
}

/** The result of a check. */
export interface Verdict {
  readonly check: Check;
  readonly outcome: 'pass' | 'fail' | 'skipped' | 'unknown';
  /**
   * Why the check was skipped, or why its outcome is unknown; null for other outcomes. If the check is a consequence of
   * a failed check, the reason is `because of ID`, with the id of the failed check.
   */
  readonly reason: string | null;
  /** The id of the failed check that this check is a consequence of; null if this check is not a consequence. */
  readonly consequenceOf: string | null;
  readonly findings: readonly SaidFinding[];
  /** The findings that earlier failures explain. They are not reported, but their ports do not pass this check. */
  readonly consequences: readonly Finding[];
  /** Cures that find out the missing facts; empty if the outcome is known. */
  readonly cures: readonly Cure[];
  /** The reasons why the outcome is unknown, each with its cures; empty if the outcome is known. */
  readonly unseen: readonly Unseen[];
  /** The number of findings that the annotation skyports/ignore hides. */
  readonly ignored: number;
}

/** The checks that the user selected. */
export interface Selection {
  readonly only: readonly string[] | undefined;
  readonly skip: readonly string[];
}

/** The annotation that hides known findings about an object. Its value lists ids of checks: `id,id`. */
export const ignoreAnnotation = 'skyports/ignore';

/**
 * Runs the checks on a snapshot, in the given order. A check is skipped if earlier failures explain all of its
 * findings.
 * @param shared indices that an earlier run built for the same lists
 */
export function judge(
  checks: readonly Check[],
  snapshot: Snapshot,
  subject: Subject,
  selection: Selection,
  shared: Memo = createMemo(),
): Verdict[] {
  const failed = new Map<string, readonly Finding[]>();
  const ignoredIds = ignoredIdsByObject(snapshot);
  const whole = indexSnapshot(snapshot, { ingressService: subject.ingressService, shared });
  return checks.map((check) => {
    const verdict = verdictOf(check, { checks, snapshot, subject, selection, failed, whole });
    const kept = verdict.found.filter((finding) => !isIgnored(check, finding, ignoredIds));
    // A finding of severity info does not make later findings consequences.
    const broken = verdict.found.filter((finding) => severityOf(check, finding) !== 'info');
    if (broken.length > 0) failed.set(check.id, broken);
    const ignored = verdict.found.length - kept.length;
    const outcome = verdict.outcome === 'fail' && kept.length === 0 ? 'pass' : verdict.outcome;
    const findings = kept.map((finding) => said(check, finding, snapshot));
    const { reason, consequenceOf, consequences = [], cures, unseen = [] } = verdict;
    return { check, outcome, reason, consequenceOf, findings, consequences, cures, unseen, ignored };
  });
}

interface RawVerdict extends Pick<Verdict, 'outcome' | 'reason' | 'consequenceOf' | 'cures'> {
  readonly found: readonly Finding[];
  readonly consequences?: readonly Finding[];
  readonly unseen?: readonly Unseen[];
}

interface Judgement {
  readonly checks: readonly Check[];
  readonly snapshot: Snapshot;
  readonly subject: Subject;
  readonly selection: Selection;
  /** The findings of the checks that have failed so far, by the id of the check. */
  readonly failed: ReadonlyMap<string, readonly Finding[]>;
  readonly whole: SnapshotIndex;
}

function verdictOf(check: Check, { checks, snapshot, subject, selection, failed, whole }: Judgement): RawVerdict {
  const skipped = (reason: string, consequenceOf: string | null = null): RawVerdict => ({
    outcome: 'skipped',
    reason,
    consequenceOf,
    cures: [],
    found: [],
  });
  if (!isSelected(check, selection)) return skipped('not asked for');
  const earlier = new Map(checks.map((each) => [each.id, each]));
  // A failed call needs an error as its explanation. A warning may be true although it stops no calls.
  const explains = (id: string, finding: Finding) => !check.isCall || severityOf(earlier.get(id)!, finding) === 'error';
  const causes = causesOf(check, checks).filter((id) => failed.get(id)?.some((each) => explains(id, each)));
  const everywhere = causes.find((id) =>
    failed.get(id)!.some((each) => each.about.includes('*') && explains(id, each)),
  );
  if (everywhere) return skipped(`because of ${everywhere}`, everywhere);
  const unseenOf = (topics: readonly Topic[]) => topics.filter((topic) => !snapshot.topics[topic].observed);
  const unknown = (unseen: readonly Unseen[]): RawVerdict => ({
    outcome: 'unknown',
    reason: unseen.map(({ reason }) => reason).join('; '),
    consequenceOf: null,
    cures: unseen.flatMap(({ cures }) => cures),
    found: [],
    unseen,
  });
  const unseen = unseenOf(check.needs);
  if (unseen.length > 0) return unknown(whyUnseen(unseen, snapshot));
  const scene = checkContextOf(snapshot, subject, check.needs, check.wants ?? [], whole);
  const inapplicable = check.notApplicable?.(scene);
  if (inapplicable !== undefined) return skipped(inapplicable);
  const unseenHere = unseenOf(check.needsHere?.(scene) ?? []);
  if (unseenHere.length > 0) return unknown(whyUnseen(unseenHere, snapshot));
  const found = check.find(scene);
  const causeOf = ({ about }: Finding) =>
    causes.find((id) => failed.get(id)!.some((cause) => overlap(cause.about, about) && explains(id, cause)));
  const own = found.filter((finding) => !causeOf(finding));
  const [first] = found;
  if (own.length === 0 && first) {
    const cause = causeOf(first)!;
    return { ...skipped(`because of ${cause}`, cause), consequences: found };
  }
  const consequences = found.filter((finding) => !own.includes(finding));
  const unsettled = own.length === 0 ? check.unsettled?.(scene) : undefined;
  if (unsettled !== undefined)
    return unknown([typeof unsettled === 'string' ? { reason: unsettled, cures: [] } : unsettled]);
  const outcome = own.length > 0 ? 'fail' : 'pass';
  return { outcome, reason: null, consequenceOf: null, cures: [], found: own, consequences };
}

/**
 * The ids of the checks that can cause a failure of this check: the ids in `after`. If this check judges calls, also
 * the ids of all checks with `breaksCalls`.
 */
export function causesOf({ after, isCall }: Check, checks: readonly Check[]): readonly string[] {
  return isCall ? [...checks.filter(({ breaksCalls }) => breaksCalls).map(({ id }) => id), ...after] : after;
}

/** Whether the user selected the check. `--only` and `--skip` accept the ids and the groups of checks. */
export function isSelected({ id, group }: Check, { only, skip }: Selection): boolean {
  if (only && !only.includes(id) && !only.includes(group)) return false;
  return !skip.includes(id) && !skip.includes(group);
}

function said(check: Check, finding: Finding, snapshot: Snapshot): SaidFinding {
  const { cures, facts } = seenInstead(check.cures(finding), finding.evidence, snapshot);
  const fact = check.say(finding);
  return {
    severity: severityOf(check, finding),
    about: finding.about,
    servicePorts: finding.servicePorts,
    message: [fact, ...facts.filter((each) => !fact.includes(each))].join('; '),
    cures,
    fix: check.fix?.(finding),
    objects: finding.objects,
    evidence: finding.evidence,
  };
}

function severityOf(check: Check, finding: Finding): Severity {
  return check.severityOf?.(finding) ?? check.severity;
}

function isIgnored(check: Check, { objects }: Finding, ignored: ReadonlyMap<string, readonly string[]>): boolean {
  return objects.some(({ kind, namespace, name }) => ignored.get(`${kind} ${namespace}/${name}`)?.includes(check.id));
}

function ignoredIdsByObject({ topics }: Snapshot): Map<string, string[]> {
  const ignored = new Map<string, string[]>();
  for (const topic of allTopics as readonly Topic[]) {
    const observation = topics[topic];
    if (!observation.observed) continue;
    for (const item of observation.items as readonly WithMetadata[]) {
      const ids = item.metadata?.annotations?.[ignoreAnnotation];
      if (ids)
        ignored.set(
          `${topicRows[topic].kind} ${keyOf(item)}`,
          ids.split(',').map((id) => id.trim()),
        );
    }
  }
  return ignored;
}

/** Names for topics that are not lists of the API server. */
const words: { readonly [T in Topic]?: string } = {
  accessReviews: 'your permissions (access reviews)',
  skyConfig: "SkyPilot's configuration files",
  probes: 'calls of the addresses',
  podProbes: 'what listens in the Pods',
  apiGroups: 'the API groups',
  serverVersion: "the API server's version",
};

/** The reasons why topics were not seen, each with its cures. Equal reasons are listed once. */
function whyUnseen(unseen: readonly Topic[], snapshot: Snapshot): Unseen[] {
  return [...new Map(unseen.map((topic) => whyOne(topic, snapshot)).map((each) => [each.reason, each])).values()];
}

function whyOne(topic: Topic, { topics, namespace }: Snapshot): Unseen {
  const observation = topics[topic];
  if (observation.observed) return { reason: '', cures: [] };
  const { resource, where } = lookedFor(topic, namespace);
  const called = words[topic] ?? (where === null ? resource : `${resource} in namespace ${where}`);
  switch (observation.reason) {
    case 'forbidden':
      return { reason: `${called} may not be listed`, cures: unseenCures(topic, observation, namespace) };
    case 'not-collected':
      return { reason: `${called} are not in the dump`, cures: [] };
    default:
      return { reason: `${called}: ${observation.message}`, cures: observation.cures ?? [] };
  }
}

/** The failed checks, errors first, then warnings. Checks of the same severity keep the order of a packet's path. */
export function failedInOrder(verdicts: readonly Verdict[]): Verdict[] {
  const failed = verdicts.filter(({ outcome }) => outcome === 'fail');
  const severities: readonly Severity[] = ['error', 'warning', 'info'];
  return severities.flatMap((severity) => failed.filter((verdict) => worstSeverity(verdict) === severity));
}

/** The worst severity of a check's findings; the severity of the check itself if it has no findings. */
export function worstSeverity({ check, findings }: Verdict): Severity {
  const order: readonly Severity[] = ['error', 'warning', 'info'];
  return order.find((severity) => findings.some((finding) => finding.severity === severity)) ?? check.severity;
}

/**
 * The ids of the failed checks with this severity, in the order of the verdicts. The worst finding of a check decides.
 */
function failedWith(verdicts: readonly Verdict[], severity: Severity): string[] {
  return verdicts
    .filter((verdict) => verdict.outcome === 'fail' && worstSeverity(verdict) === severity)
    .map(({ check }) => check.id);
}

/**
 * The ids of the root causes. These are the failed checks on the packet's path with an error. If no check on the path
 * has an error, they are the failed checks with a warning. A finding of severity info is never a root cause.
 */
export function rootCausesOf(verdicts: readonly Verdict[]): string[] {
  const onPath = verdicts.filter(({ check }) => check.onPath);
  const errors = failedWith(onPath, 'error');
  return errors.length > 0 ? errors : failedWith(onPath, 'warning');
}

/**
 * The outcome of the whole diagnosis. Problems rank above unknown results. An unknown check counts only if its severity
 * is error.
 */
export function outcomeOf(verdicts: readonly Verdict[]): 'healthy' | 'problems' | 'unknown' {
  if (failedWith(verdicts, 'error').length > 0) return 'problems';
  const untold = verdicts.some(({ outcome, check }) => outcome === 'unknown' && check.severity === 'error');
  return untold ? 'unknown' : 'healthy';
}
