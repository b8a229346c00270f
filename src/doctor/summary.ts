import { type Endpoint, isOpenedInAdvance } from '../exposure/endpoint.ts';
import type { PossibleMode } from '../modes/port-mode.ts';
import { counted } from '../snapshot/text.ts';
import { clusterKey, type Subject } from './check-context.ts';
import { overlap } from './finding.ts';
import { isSelected, outcomeOf, rootCausesOf, type Selection, type Verdict, worstSeverity } from './judge.ts';
import { answerSentence, type CalledUrl, isAnswer } from './subjects/answer.ts';
import { provesNothing } from './subjects/known-senders.ts';

/** The overall result of a diagnosis. */
export interface Summary {
  readonly state:
    | 'ok'
    | 'reachable'
    | 'partial'
    | 'no-port'
    | 'not-reachable'
    | 'pending'
    | 'cannot-tell'
    | 'yes'
    | 'no';
  readonly text: string;
}

export interface Summarised {
  readonly verdicts: readonly Verdict[];
  readonly subject: Subject;
  /** The checks that the user selected. */
  readonly selection: Selection;
  /** The checked endpoints, after the calls. */
  readonly rows: readonly Endpoint[];
  /** The results of calls to the checked endpoints. */
  readonly answers: readonly CalledUrl[];
  /** Whether the doctor called the endpoints. */
  readonly wasCalled: boolean;
  /** Whether the Kubernetes cluster allows a port in the mode of `--mode`; undefined without `--mode`. */
  readonly possible: PossibleMode | undefined;
}

/** The last line of a diagnosis: whether the ports can be reached, and if not, why. */
export function summaryOf(all: Summarised): Summary {
  // Without calls it is unknown whether a service uses a port that SkyPilot opened in advance.
  const judged = all.subject.ports && all.wasCalled ? all : withoutUnused(all);
  if (judged.possible) return ofMode(judged, judged.possible);
  const outcome = outcomeOf(judged.verdicts);
  if (rootCausesOf(judged.verdicts)[0] === 'api-server-answers') {
    return { state: 'cannot-tell', text: `Cannot tell: ${firstFact(judged.verdicts)}` };
  }
  if (outcome === 'problems') return notReachable(judged);
  const waiting = judged.rows.filter(({ state }) => state === 'Pending' || state === 'NoBackends');
  if (waiting.length > 0) return pending(judged, waiting);
  if (outcome === 'unknown') return { state: 'cannot-tell', text: `Cannot tell: ${whatIsMissing(judged.verdicts)}` };
  if (all.rows.length === 0 && hasNoOtherWay(judged)) {
    return {
      state: 'no-port',
      text: `No port is open on ${judged.subject.skyCluster?.displayName ?? 'any SkyPilot cluster'}`,
    };
  }
  return reachable(judged);
}

/**
 * The input without unused ports. These are ports that SkyPilot opened in advance, and that no service of SkyServe
 * uses.
 */
function withoutUnused(judged: Summarised): Summarised {
  const rows = judged.rows.filter((row) => !isOpenedInAdvance(row));
  if (rows.length === judged.rows.length) return judged;
  const urls = new Set(rows.map(({ url }) => url));
  // A refused connection shows that the port has no service, so the answer is left out. A dropped connection does not
  // show this.
  const answers = judged.answers.filter(({ url, outcome }) => urls.has(url) || outcome !== 'refused');
  return { ...judged, rows, answers };
}

/** The meaning of the exit code. */
export type End = 'fine' | 'problems' | 'uncertain';

/**
 * The end of `doctor`, which decides the exit code and matches the summary.
 * @param failOn the lowest severity that counts as a problem; with `never`, nothing counts
 * @param waited whether the user waits with `--wait`; a pending port is then a problem
 */
export function endOf(
  verdicts: readonly Verdict[],
  { state }: Summary,
  { failOn, waited }: { readonly failOn: 'error' | 'warning' | 'never'; readonly waited: boolean },
): End {
  const warned = verdicts.some((verdict) => verdict.outcome === 'fail' && worstSeverity(verdict) === 'warning');
  const isProblem = state === 'not-reachable' || state === 'no' || (state === 'pending' && waited);
  if (failOn !== 'never' && (isProblem || (failOn === 'warning' && warned))) return 'problems';
  return state === 'cannot-tell' ? 'uncertain' : 'fine';
}

/** Whether podip mode is not in use. In podip mode, callers can reach a port although no object opens it. */
function hasNoOtherWay({ verdicts }: Summarised): boolean {
  return verdicts.every(({ check, outcome }) => check.id !== 'podip-reachable' || outcome === 'skipped');
}

function ofMode({ verdicts, subject }: Summarised, { mode, possible, reason, open }: PossibleMode): Summary {
  // The Kubernetes cluster may allow the mode, but a fault of the named SkyPilot cluster may prevent it.
  if (possible === 'yes' && subject.skyCluster && outcomeOf(verdicts) === 'problems') {
    return { state: 'no', text: `${mode}: no, because ${firstFact(verdicts)}` };
  }
  if (possible === 'yes') return { state: 'yes', text: `${mode}: yes${open ? `, but ${open}` : ''}` };
  if (possible === 'no') return { state: 'no', text: `${mode}: no, because ${reason}` };
  return { state: 'cannot-tell', text: `${mode}: cannot tell, because ${reason}` };
}

function notReachable(judged: Summarised): Summary {
  const { verdicts, subject, rows, answers } = judged;
  const state = 'not-reachable';
  const fact = firstFact(verdicts);
  // The URL that SkyPilot prints may be wrong even if the port answers at its own address.
  const cause = verdicts.find(({ check }) => check.id === rootCausesOf(verdicts)[0]);
  const isOnlyPrinted = !cause?.check.breaksCalls && !cause?.check.isCall && answers.every(isAnswer);
  if (rows.length > 0 && answers.length >= rows.length && isOnlyPrinted) {
    return { state, text: `Not reachable at the address that SkyPilot prints: ${fact}` };
  }
  if (subject.skyCluster) return { state, text: `Not reachable: ${fact}` };
  const about = verdicts.flatMap(({ findings }) =>
    findings.filter(({ severity }) => severity === 'error').flatMap((finding) => finding.about),
  );
  const broken = rows.filter((row) => overlap(about, [clusterKey(row)]));
  if (broken.length === 0) return { state, text: `Not reachable: ${fact}` };
  return { state, text: `${portion(broken.length, rows.length)} not reachable: ${fact}` };
}

function pending({ verdicts, subject, rows }: Summarised, waiting: readonly Endpoint[]): Summary {
  const [first] = waiting;
  const finding = rootCausesOf(verdicts).length > 0 ? firstFact(verdicts) : undefined;
  const awaited = finding ?? `port ${first!.port} of ${first!.skyCluster}: ${first!.reason}`;
  const start = subject.skyCluster ? 'Not reachable yet' : `${portion(waiting.length, rows.length)} not reachable yet`;
  return { state: 'pending', text: `${start}: ${awaited}` };
}

function reachable(judged: Summarised): Summary {
  const { verdicts, rows, answers, wasCalled } = judged;
  const silent = answers.find((each) => !isAnswer(each));
  const doubt = verdicts.find(
    (each) => each.check.group === 'network' && each.outcome === 'fail' && worstSeverity(each) === 'warning',
  );
  if (silent && doubt) {
    const fact = doubt.findings[0]!.message;
    // The name of a new load balancer resolves only after some minutes. After other failures, callers on other machines
    // may get an answer.
    return silent.outcome === 'unknown-name'
      ? { state: 'pending', text: `Not reachable yet: ${fact}` }
      : { state: 'cannot-tell', text: `Cannot tell: ${fact}` };
  }
  const loading = verdicts.find(({ check, outcome }) => check.id === 'http-answers' && outcome === 'fail');
  const isUnloaded = answers.some(({ outcome }) => outcome === 'controller');
  if (loading && isUnloaded && worstSeverity(loading) === 'info') {
    return { state: 'pending', text: `Not reachable yet: ${loading.findings[0]!.message}` };
  }
  const warned = verdicts.filter((each) => each.outcome === 'fail' && worstSeverity(each) === 'warning');
  const warnings = warned.length;
  const answering = answers.filter(isAnswer);
  const [first, ...others] = answering;
  const isProved = first !== undefined && answering.length >= rows.length;
  const left = verdicts.filter(({ check }) => !isSelected(check, judged.selection)).length;
  if (!isProved && left > 0) return partial(verdicts.length - left, left, warnings);
  const untold = answering.find(({ status, why }) => why !== null && provesNothing(status ?? 0));
  if (untold) return { state: 'cannot-tell', text: `Cannot tell: ${answerSentence(untold)}; ${untold.why}` };
  // Some checks are not about the path of a packet. Their warnings do not show whether the port works.
  if (warned.some(({ check }) => check.onPath)) {
    const text = isProved
      ? `Reachable, ${counted(warnings, 'warning')}`
      : `${uncalled(wasCalled)}, ${counted(warnings, 'warning')}`;
    return { state: 'reachable', text };
  }
  if (!isProved && rows.length === 0 && wasCalled)
    return { state: 'ok', text: 'OK: no service of SkyServe uses the open ports yet' };
  const also = warnings > 0 ? `, ${counted(warnings, 'warning')}` : '';
  if (!isProved) return { state: 'ok', text: `${uncalled(wasCalled)}${also}` };
  const shown = answering.find(({ status }) => status === 404) ?? first;
  const more = others.length > 0 ? `, and ${others.length} more ${others.length === 1 ? 'answers' : 'answer'}` : '';
  const hint = shown.status === 404 ? '; the app answers, and the path may be wrong' : '';
  return { state: 'ok', text: `OK: ${answerSentence(shown)}${more}${hint}${also}` };
}

/** The summary with `--only` or `--skip`. The checks that were not run might have found a fault. */
function partial(ran: number, left: number, warnings: number): Summary {
  const found = warnings > 0 ? counted(warnings, 'warning') : 'No problem';
  const which = ran === 1 ? 'the 1 check that was' : `the ${ran} checks that were`;
  return { state: 'partial', text: `${found} in ${which} asked for; ${left} others were not run` };
}

function uncalled(wasCalled: boolean): string {
  return wasCalled ? 'OK, not called from here' : 'OK, not called (--probe=false)';
}

/** The first words of a sentence: `3 of 12 ports are`. */
function portion(part: number, all: number): string {
  return `${part} of ${counted(all, 'port')} ${part === 1 ? 'is' : 'are'}`;
}

function rootCauseOf(verdicts: readonly Verdict[]): Verdict | undefined {
  const [id] = rootCausesOf(verdicts);
  return verdicts.find(({ check }) => check.id === id);
}

/** The message of the first root cause. */
export function firstFact(verdicts: readonly Verdict[]): string {
  const verdict = rootCauseOf(verdicts);
  const worst = verdict && worstSeverity(verdict);
  return verdict?.findings.find(({ severity }) => severity === worst)?.message ?? '';
}

/** Explains the unknown outcome of the first unknown check with severity error. */
export function whatIsMissing(verdicts: readonly Verdict[]): string {
  const open = verdicts.filter(({ outcome, check }) => outcome === 'unknown' && check.severity === 'error');
  return open[0]?.reason ?? 'something was not seen';
}
