import { type SaidFinding, type Verdict, worstSeverity } from '../doctor/judge.ts';
import type { Summary } from '../doctor/summary.ts';
import type { Cure } from '../errors/cure.ts';
import type { PossibleMode } from '../modes/port-mode.ts';
import { counted } from '../snapshot/text.ts';
import { cut, terminalText, wrapped } from './terminal-text.ts';

/** How much of a diagnosis is shown. `short` shows only problems, and `wide` shows every check. */
export type DiagnosisDetail = 'table' | 'wide' | 'short';

/** What is shown before and after the verdicts. */
export interface DiagnosisFrame {
  /** What was checked: context, namespace, SkyPilot cluster, ports, mode. */
  readonly heading: string;
  /**
   * A sentence that says that SkyPilot's API server is not a SkyPilot cluster, because users may mistake it for one;
   * undefined if there is none.
   */
  readonly besides?: string | undefined;
  readonly rootCauses: readonly string[];
  readonly summary: Summary;
  /** The platform and the facts that show it, one line each; only for `wide`. */
  readonly platform: readonly string[];
  /** Commands that reach the apps even if their endpoints are broken, the most useful first. */
  readonly portForwardHints: readonly Cure[];
  /** The modes in which a port could be opened here. Empty if only one SkyPilot cluster or one mode is checked. */
  readonly possible: readonly PossibleMode[];
}

const marks = { pass: '✔', error: '✖', warning: '!', info: 'i', skipped: '-', unknown: '?' } as const;
const idColumn = 60;
const textColumns = 100;
/**
 * The maximum length of a text, because the message of an event or a webhook may be very long. JSON and YAML contain
 * the whole text.
 */
const mostCharacters = 1000;

/**
 * The diagnosis as text: the passed checks in one line, then the failed checks with cures and consequences. The root
 * cause comes last.
 */
export function renderDiagnosis(verdicts: readonly Verdict[], frame: DiagnosisFrame, detail: DiagnosisDetail): string {
  const lines = detail === 'wide' ? verdicts.flatMap(wholeLines) : groupedLines(verdicts, detail);
  const body =
    detail === 'short'
      ? lines
      : [
          oneLine(frame.heading),
          ...(frame.besides ? wrapped(oneLine(frame.besides), textColumns) : []),
          ...(detail === 'wide' ? frame.platform.map((line) => oneLine(line)) : []),
          '',
          ...lines,
          '',
          ...possibleLines(frame.possible),
        ];
  return [...body, ...closingLines(verdicts, frame)].map((line) => `${terminalText(line)}\n`).join('');
}

function possibleLines(possible: readonly PossibleMode[]): string[] {
  if (possible.length === 0) return [];
  const each = possible.map(
    ({ mode, possible: answer, reason }) =>
      `${mode}: ${answer}${reason === '' ? '' : answer === 'yes' ? ` (${reason})` : `, because ${reason}`}`,
  );
  return ['could a port be opened here?', ...each.map((line) => `    ${oneLine(line)}`), ''];
}

function groupedLines(verdicts: readonly Verdict[], detail: DiagnosisDetail): string[] {
  const passed = verdicts.filter(({ outcome }) => outcome === 'pass').length;
  const counted = passed === 1 ? '1 check passes' : `${passed} checks pass`;
  const failed = verdicts.filter(({ outcome }) => outcome === 'fail');
  const top = detail === 'short' || passed === 0 ? [] : [titleLine(marks.pass, counted, '(-o wide lists them)')];
  return [
    ...top,
    ...failed.flatMap(wholeLines),
    ...unknownLines(verdicts.filter(({ outcome }) => outcome === 'unknown')),
    ...(detail === 'short' ? [] : skippedLines(verdicts)),
  ];
}

/** The lines about unknown checks. One forbidden list can make many checks unknown, so these share a line. */
function unknownLines(unknown: readonly Verdict[]): string[] {
  const lacks = unknown.flatMap((verdict) => verdict.unseen.map((unseen) => ({ verdict, unseen })));
  return [...Map.groupBy(lacks, ({ unseen }) => unseen.reason)].flatMap(([reason, verdicts]) => {
    const { verdict, unseen } = verdicts[0]!;
    if (verdicts.length === 1 && verdict.unseen.length === 1) return wholeLines(verdict);
    const checks = verdicts.length === 1 ? '1 check' : `${verdicts.length} checks`;
    return [`${marks.unknown} ${checks} unknown: ${oneLine(reason)}`, ...unseen.cures.flatMap(cureLinesOf)];
  });
}

function skippedLines(verdicts: readonly Verdict[]): string[] {
  const consequences = verdicts.filter(({ consequenceOf }) => consequenceOf !== null);
  return [...Map.groupBy(consequences, ({ consequenceOf }) => consequenceOf)].map(([cause, { length }]) => {
    const counted = length === 1 ? '1 check' : `${length} checks`;
    return `${marks.skipped} ${counted} skipped until ${cause} passes (-o wide lists them)`;
  });
}

function wholeLines(verdict: Verdict): string[] {
  const { check, outcome, reason, findings } = verdict;
  const mark = outcome === 'fail' ? marks[worstSeverity(verdict)] : marks[outcome];
  const why = reason === null ? [] : [`    ${oneLine(reason)}`];
  return [
    titleLine(mark, check.title, check.id),
    ...why,
    ...verdict.cures.flatMap(cureLinesOf),
    ...findings.flatMap(findingLines),
  ];
}

function titleLine(mark: string, title: string, right: string): string {
  return `${`${mark} ${title}`.padEnd(idColumn)}   ${right}`;
}

function findingLines({ message, cures }: SaidFinding): string[] {
  return [...indented(message), ...cures.flatMap(cureLinesOf)];
}

/**
 * The lines of a cure. The note ends with an arrow. The command is alone on the next line and is never wrapped, so that
 * a triple click copies only the command.
 */
function cureLinesOf({ command, note }: Cure): string[] {
  if (command === null) return indented(note ?? '', '  → ');
  return [...(note === null ? ['  →'] : indented(`${note} →`)), `      ${command}`];
}

function indented(text: string, first = '    '): string[] {
  const lines = wrapped(oneLine(text), textColumns - 4);
  // A wrapped line of a message must not look like a suggested command.
  const shown = lines.map((line) => (/^(kubectl|sky|helm|echo) /.test(line) ? `… ${line}` : line));
  return shown.map((line, i) => `${i === 0 ? first : '    '}${line}`);
}

/**
 * Puts a text on one line and cuts it if it is long. Otherwise, the text of an event could look like several lines of
 * this plugin.
 */
function oneLine(text: string): string {
  return cut(text.replace(/[\t ]*\r?\n\s*/g, ' '), mostCharacters);
}

function closingLines(
  verdicts: readonly Verdict[],
  { rootCauses, summary, portForwardHints }: DiagnosisFrame,
): string[] {
  const failing = verdicts.filter(({ outcome }) => outcome === 'fail').map(worstSeverity);
  const count = (severity: string) => failing.filter((each) => each === severity).length;
  const unknown = verdicts.filter(({ outcome }) => outcome === 'unknown').length;
  const ignored = verdicts.reduce((sum, verdict) => sum + verdict.ignored, 0);
  const counts = [
    counted(count('error'), 'error'),
    counted(count('warning'), 'warning'),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
    ...(ignored > 0 ? [`${ignored} ignored by annotation`] : []),
  ].join(', ');
  const cause =
    rootCauses.length === 0
      ? 'no root cause'
      : `root cause${rootCauses.length > 1 ? 's' : ''}: ${rootCauses.join(', ')}`;
  return [
    ...portForwardHintLines(portForwardHints, rootCauses.length > 0),
    `${cause}. ${counts}.`,
    oneLine(summary.text),
  ];
}

/** How many port-forward hints are shown. The hints for other SkyPilot clusters are in `doctor NAME`. */
const mostHints = 3;

function portForwardHintLines(portForwardHints: readonly Cure[], isBroken: boolean): string[] {
  if (portForwardHints.length === 0) return [];
  const more = portForwardHints.length - mostHints;
  return [
    isBroken ? 'workaround until this is fixed:' : 'a tunnel also reaches the app:',
    ...portForwardHints
      .slice(0, mostHints)
      .flatMap(({ command, note }) => [
        ...(note === null ? [] : [`    ${note} →`]),
        ...(command === null ? [] : [`      ${command}`]),
      ]),
    ...(more > 0 ? [`    and ${more} more: name a SkyPilot cluster to see its own`] : []),
    '',
  ];
}
