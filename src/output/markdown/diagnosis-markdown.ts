import { failedInOrder, type SaidFinding, type Verdict, worstSeverity } from '../../doctor/judge.ts';
import type { Cure } from '../../errors/cure.ts';
import { counted } from '../../snapshot/text.ts';
import type { DiagnosisFrame } from '../diagnosis-text.ts';
import { valueText } from '../evidence-text.ts';
import { marks } from '../marks.ts';
import { leftText, pathLines, pathText } from '../path-lines.ts';
import { sameFindings } from '../same-findings.ts';
import { cut } from '../terminal-text.ts';
import { verdictWords, withoutTitle } from '../verdict-words.ts';
import { codeBlock, markdownText } from './markdown-text.ts';

/** The length of a report. An issue of GitHub takes 65,536 characters, and its author writes some, too. */
const mostCharacters = 50_000;
const mostPaths = 40;
const mostMessage = 2000;

/**
 * The diagnosis as Markdown for an issue: the verdict, the paths, and the findings with their evidence in folded blocks.
 * Text from the cluster only stands in code blocks or is escaped.
 *
 * @param version of this plugin
 */
export function renderDiagnosisMarkdown(verdicts: readonly Verdict[], frame: DiagnosisFrame, version: string): string {
  const { summary, heading, paths, platform, portForwardHints, rootCauses } = frame;
  const { mark, title } = verdictWords[summary.state];
  const shown = pathLines(paths, mostPaths);
  const more = leftText(shown.left);
  const head = [
    `### ${mark} ${title}`,
    said(withoutTitle(summary)),
    `Checked: ${said(heading)}. By kubectl-skyports ${version}.`,
    ...(shown.lines.length === 0
      ? []
      : [codeBlock([...shown.lines.map(pathText), ...(more === undefined ? [] : [more])], 'text')]),
  ];
  const tail = [
    ...(portForwardHints[0] && rootCauses.length > 0
      ? ['#### Until it is fixed', ...cureParts(portForwardHints[0])]
      : []),
    foldedList(
      'Platform',
      platform.map((line) => said(line)),
    ),
    foldedList('Unknown', reasonsOf(verdicts)),
  ].filter((part) => part !== '');
  const failed = failedInOrder(verdicts);
  const found = failed.flatMap((verdict) => [verdictTitle(verdict), ...findingParts(verdict)]);
  return `${[...fitting([...head, ...found], mostCharacters - lengthOf(tail)), ...tail].join('\n\n')}\n`;
}

/** As many parts as fit, and a sentence about the others. */
function fitting(parts: readonly string[], most: number): string[] {
  let length = 0;
  const fits = parts.findIndex((part) => {
    length += part.length + 2;
    return length > most;
  });
  if (fits < 0) return [...parts];
  return [...parts.slice(0, fits), `${counted(parts.length - fits, 'part')} more: \`-o json\` has every finding.`];
}

function lengthOf(parts: readonly string[]): number {
  return parts.reduce((sum, { length }) => sum + length + 2, 0);
}

function said(text: string): string {
  return markdownText(cut(text, mostMessage));
}

function verdictTitle(verdict: Verdict): string {
  const { check } = verdict;
  return `#### ${marks[worstSeverity(verdict)]} ${markdownText(check.title)} (\`${check.id}\`)`;
}

function findingParts({ findings }: Verdict): string[] {
  return sameFindings(findings).flatMap(({ first, others }) => [
    findingPart(first),
    ...(others === null ? [] : [said(others)]),
  ]);
}

function findingPart({ message, cures, evidence }: SaidFinding): string {
  const parts = [said(message), ...cures.flatMap(cureParts)];
  if (evidence.length === 0) return parts.join('\n\n');
  const lines = evidence.flatMap((each) => {
    const { kind, namespace, name } = each.object;
    const { field, value } = valueText(each);
    return [
      `${kind} ${namespace === '' ? name : `${namespace}/${name}`}: ${field}`,
      ...value.split('\n').map((line) => `    ${line}`),
    ];
  });
  return [...parts, folded('Evidence', codeBlock(lines, 'text'))].join('\n\n');
}

function cureParts({ command, note }: Cure): string[] {
  if (command === null) return [`→ ${said(note ?? '')}`];
  return [...(note === null ? [] : [`${said(note)}:`]), codeBlock([command], 'sh')];
}

/** A folded block. The empty lines make its contents Markdown again (CommonMark, HTML blocks). */
function folded(title: string, contents: string): string {
  return `<details><summary>${title}</summary>\n\n${contents}\n\n</details>`;
}

function foldedList(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : folded(`${title} (${lines.length})`, lines.map((line) => `- ${line}`).join('\n'));
}

/** The checks that could not run, and why. */
function reasonsOf(verdicts: readonly Verdict[]): string[] {
  return verdicts
    .filter(({ outcome }) => outcome === 'unknown')
    .map(({ check, reason }) => `\`${check.id}\`: ${said(reason ?? '')}`);
}
