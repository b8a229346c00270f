import { type SaidFinding, type Verdict, worstSeverity } from '../doctor/judge.ts';
import type { PathOfPort } from '../doctor/path-of-port.ts';
import type { Summary } from '../doctor/summary.ts';
import { type Cure, command } from '../errors/cure.ts';
import type { PossibleMode } from '../modes/port-mode.ts';
import { counted } from '../snapshot/text.ts';
import type { Style, StyledLine } from '../system.ts';
import { styled } from './look.ts';
import { type marks, styledMark } from './marks.ts';
import { leftText, pathLines, pathRows } from './path-lines.ts';
import { sameFindings } from './same-findings.ts';
import { cut, packed, wrapped } from './terminal-text.ts';

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
  /** The paths of packets to the checked ports. */
  readonly paths: readonly PathOfPort[];
  readonly rootCauses: readonly string[];
  readonly summary: Summary;
  /** The platform and the facts that show it, one line each; only for `wide`. */
  readonly platform: readonly string[];
  /** Commands that reach the apps even if their endpoints are broken, the most useful first. */
  readonly portForwardHints: readonly Cure[];
  /** The modes in which a port could be opened here. Empty if only one SkyPilot cluster or one mode is checked. */
  readonly possible: readonly PossibleMode[];
  /** The width of the terminal; Infinity for a pipe. */
  readonly columns: number;
}

const styleOfSummary: Readonly<Record<Summary['state'], Style>> = {
  ...{ ok: 'good', yes: 'good', reachable: 'warning', partial: 'warning', 'no-port': 'warning', pending: 'warning' },
  ...{ 'cannot-tell': 'warning', 'not-reachable': 'bad', no: 'bad' },
};

/** The widths of a diagnosis: of texts in full sentences, and of single lines, which a pipe gets whole. */
interface Widths {
  readonly text: number;
  readonly line: number;
  /** Where the id of a check begins, if its title is not longer. */
  readonly id: number;
}

const mostTextColumns = 100;
/** Where the id of a check begins, if the terminal is wide enough. */
const idColumn = 63;
/** The columns that the longest id of a check needs. */
const idColumns = 34;
/**
 * The maximum length of a text, because the message of an event or a webhook may be very long. JSON and YAML contain
 * the whole text.
 */
const mostCharacters = 1000;

/**
 * The diagnosis as text: the passed checks in one line, then the failed checks with cures and consequences. The root
 * cause comes last.
 */
export function renderDiagnosis(
  verdicts: readonly Verdict[],
  frame: DiagnosisFrame,
  detail: DiagnosisDetail,
): StyledLine[] {
  const { columns } = frame;
  const text = Math.min(columns, mostTextColumns);
  const widths = { text, line: columns, id: idColumnFor(verdicts, columns, detail) };
  const lines =
    detail === 'wide'
      ? verdicts.flatMap((verdict) => wholeLines(verdict, widths))
      : groupedLines(verdicts, detail, widths);
  const body =
    detail === 'short'
      ? lines
      : [
          ...headingLines(frame.heading, widths.line),
          ...(frame.besides ? wrapped(oneLine(frame.besides), widths.text) : []),
          ...(detail === 'wide' ? frame.platform.flatMap((line) => wrapped(oneLine(line), widths.line)) : []),
          '',
          ...shownPaths(frame.paths, widths),
          ...lines,
          '',
          ...possibleLines(frame.possible, widths),
        ];
  return [...body, ...closingLines(verdicts, frame, widths)];
}

/** The heading. If it is too long, a line ends between two of its parts, and not after a dot. */
export function headingLines(heading: string, width: number): string[] {
  const whole = oneLine(heading);
  if (whole.length <= width) return [whole];
  return packed(whole.split(' · '), width, ' · ').flatMap((line) => wrapped(line, width));
}

/** How many paths are shown. Of more, the broken ones are shown first. */
const mostPaths = 12;

function shownPaths(paths: readonly PathOfPort[], { line }: Widths): StyledLine[] {
  if (paths.length === 0) return [];
  const { lines, left } = pathLines(paths, mostPaths);
  const more = leftText(left);
  return [...lines.flatMap((path) => pathRows(path, line)), ...(more === undefined ? [] : wrapped(more, line)), ''];
}

function possibleLines(possible: readonly PossibleMode[], { line }: Widths): StyledLine[] {
  if (possible.length === 0) return [];
  const each = possible.map(
    ({ mode, possible: answer, reason }) =>
      `${mode}: ${answer}${reason === '' ? '' : answer === 'yes' ? ` (${reason})` : `, because ${reason}`}`,
  );
  return [
    'could a port be opened here?',
    ...each.flatMap((text) =>
      wrapped(oneLine(text), line - 8).map((part, at) => `${at === 0 ? '    ' : '        '}${part}`),
    ),
    '',
  ];
}

function groupedLines(verdicts: readonly Verdict[], detail: DiagnosisDetail, widths: Widths): StyledLine[] {
  const passed = verdicts.filter(({ outcome }) => outcome === 'pass').length;
  const counted = passed === 1 ? '1 check passes' : `${passed} checks pass`;
  const failed = verdicts.filter(({ outcome }) => outcome === 'fail');
  const worst = failed.find((verdict) => worstSeverity(verdict) !== 'info');
  const top = detail === 'short' || passed === 0 ? [] : titleLines('pass', counted, '(-o wide lists them)', widths);
  return [
    ...top,
    ...failed.flatMap((verdict) => [
      ...wholeLines(verdict, widths),
      ...(verdict === worst && detail !== 'short' ? moreLines(verdict) : []),
    ]),
    ...unknownLines(
      verdicts.filter(({ outcome }) => outcome === 'unknown'),
      widths,
    ),
    ...(detail === 'short' ? [] : skippedLines(verdicts)),
  ];
}

/** Says how to read the documentation of a check. */
function moreLines({ check }: Verdict): StyledLine[] {
  const explaining = command`kubectl skyports doctor --explain ${check.id}`;
  return [[styled('faint', '  more about this check →')], ['      ', styled('faint', explaining ?? '')]];
}

/** The lines about unknown checks. One forbidden list can make many checks unknown, so these share a line. */
function unknownLines(unknown: readonly Verdict[], widths: Widths): StyledLine[] {
  const lacks = unknown.flatMap((verdict) => verdict.unseen.map((unseen) => ({ verdict, unseen })));
  return [...Map.groupBy(lacks, ({ unseen }) => unseen.reason)].flatMap(([reason, verdicts]): StyledLine[] => {
    const { verdict, unseen } = verdicts[0]!;
    if (verdicts.length === 1 && verdict.unseen.length === 1) return wholeLines(verdict, widths);
    const checks = verdicts.length === 1 ? '1 check' : `${verdicts.length} checks`;
    return [
      ...markedLines('unknown', `${checks} unknown: ${oneLine(reason)}`, widths.line),
      ...unseen.cures.flatMap((each) => cureLinesOf(each, widths)),
    ];
  });
}

function skippedLines(verdicts: readonly Verdict[]): StyledLine[] {
  const consequences = verdicts.filter(({ consequenceOf }) => consequenceOf !== null);
  return [...Map.groupBy(consequences, ({ consequenceOf }) => consequenceOf)].flatMap(([cause, { length }]) => {
    const counted = length === 1 ? '1 check' : `${length} checks`;
    return markedLines(
      'skipped',
      `${counted} skipped until ${cause} passes (-o wide lists ${length === 1 ? 'it' : 'them'})`,
      Number.POSITIVE_INFINITY,
    );
  });
}

function wholeLines(verdict: Verdict, widths: Widths): StyledLine[] {
  const { check, outcome, reason, findings } = verdict;
  const mark = outcome === 'fail' ? worstSeverity(verdict) : outcome;
  return [
    ...titleLines(mark, check.title, check.id, widths),
    ...(reason === null ? [] : wrapped(oneLine(reason), widths.line - 4).map((line) => `    ${line}`)),
    ...verdict.cures.flatMap((each) => cureLinesOf(each, widths)),
    ...sameFindings(findings).flatMap(({ first, others }) => [
      ...findingLines(first, widths),
      ...(others === null ? [] : indented(others, widths)),
    ]),
  ];
}

/**
 * The column of the ids. On a wide terminal, `-o wide` puts it behind the longest title, so that no id is out of line. A
 * pipe always has the same layout.
 */
function idColumnFor(verdicts: readonly Verdict[], columns: number, detail: DiagnosisDetail): number {
  const isPipe = columns === Number.POSITIVE_INFINITY;
  const longest =
    detail === 'wide' && !isPipe ? Math.max(0, ...verdicts.map(({ check }) => check.title.length + 5)) : 0;
  return Math.min(Math.max(idColumn, longest), Math.max(0, columns - idColumns));
}

/** The first line of a check, with its id at the right. A long title moves the id to its own line. */
function titleLines(
  mark: keyof typeof marks,
  title: string,
  right: string,
  { line, id: column }: Widths,
): StyledLine[] {
  const length = title.length + 2;
  const fits = Math.max(length + 3, column) + right.length <= line;
  if (!fits) return [...markedLines(mark, title, line), ['    ', styled('faint', right)]];
  return [[styledMark(mark), ' ', `${title}${' '.repeat(Math.max(3, column - length))}`, styled('faint', right)]];
}

function markedLines(mark: keyof typeof marks, text: string, width: number): StyledLine[] {
  const [first = '', ...rest] = wrapped(text, width - 2);
  return [[styledMark(mark), ' ', first], ...rest.map((line) => `  ${line}`)];
}

function findingLines({ message, cures }: SaidFinding, widths: Widths): StyledLine[] {
  return [...indented(message, widths), ...cures.flatMap((each) => cureLinesOf(each, widths))];
}

/**
 * The lines of a cure. The note ends with an arrow. The command is alone on the next line and is never wrapped, so that
 * a triple click copies only the command.
 */
function cureLinesOf({ command, note }: Cure, widths: Widths): StyledLine[] {
  if (command === null) return indented(note ?? '', widths, '  → ');
  return [...(note === null ? ['  →'] : indented(`${note} →`, widths)), ['      ', styled('strong', command)]];
}

function indented(text: string, { text: width }: Widths, first = '    '): string[] {
  const lines = wrapped(oneLine(text), width - 4);
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
  { rootCauses, summary, portForwardHints, columns }: DiagnosisFrame,
  { line }: Widths,
): StyledLine[] {
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
    ...wrapped(`${cause}. ${counts}.`, line),
    ...summaryLines(summary, columns),
  ];
}

/** The summary in its colour. */
export function summaryLines({ state, text }: Summary, columns: number): StyledLine[] {
  const width = columns === Number.POSITIVE_INFINITY ? columns : Math.min(columns, mostTextColumns);
  return wrapped(oneLine(text), width).map((part) => [styled(styleOfSummary[state], part)]);
}

/** How many port-forward hints are shown. The hints for other SkyPilot clusters are in `doctor NAME`. */
const mostHints = 3;

function portForwardHintLines(portForwardHints: readonly Cure[], isBroken: boolean): StyledLine[] {
  if (portForwardHints.length === 0) return [];
  const more = portForwardHints.length - mostHints;
  return [
    isBroken ? 'workaround until this is fixed:' : 'a tunnel also reaches the app:',
    ...portForwardHints
      .slice(0, mostHints)
      .flatMap(({ command, note }): StyledLine[] => [
        ...(note === null ? [] : [`    ${note} →`]),
        ...(command === null ? [] : [['      ', styled('strong', command)]]),
      ]),
    ...(more > 0 ? [`    and ${more} more: name a SkyPilot cluster to see its own`] : []),
    '',
  ];
}
