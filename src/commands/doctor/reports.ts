import { type DiagnosisFrame, headingLines, summaryLines } from '../../output/diagnosis-text.ts';
import { renderDiagnosisPage } from '../../output/html/diagnosis-page.ts';
import { renderDiagnosisMarkdown } from '../../output/markdown/diagnosis-markdown.ts';
import { chosenPaths, leftText } from '../../output/path-lines.ts';
import { renderPathTree, treeOf } from '../../output/path-tree.ts';
import type { StyledLine } from '../../system.ts';
import { version } from '../../version.ts';
import type { Diagnosed } from './diagnose.ts';

/** `-o tree`: the objects at each hop of each path, with the states of the diagnosis, and the summary. */
export function treeReport(diagnosed: Diagnosed, { heading, paths, summary, columns }: DiagnosisFrame): StyledLine[] {
  const { view, answers } = diagnosed;
  const ports = treeOf(paths, view, answers);
  const tree = ports.length === 0 ? [] : [...renderPathTree(ports, view.snapshot.namespace === null, columns), ''];
  return [...headingLines(heading, columns), '', ...tree, ...summaryLines(summary, columns)];
}

/** `-o markdown`: the report for an issue or a ticket. */
export function markdownReport({ verdicts }: Diagnosed, frame: DiagnosisFrame): string {
  return renderDiagnosisMarkdown(verdicts, frame, version);
}

/** `-o html`: the report as one page without requests. */
export function htmlReport(diagnosed: Diagnosed, frame: DiagnosisFrame): Promise<string> {
  const { chosen, left } = chosenPaths(frame.paths, mostPictures);
  const { verdicts, view, answers } = diagnosed;
  return renderDiagnosisPage(verdicts, frame, {
    ports: treeOf(chosen, view, answers),
    left: leftText(left),
    takenAt: view.snapshot.takenAt,
    version,
  });
}

/** How many paths the page draws. A page with thousands of pictures would be slow. */
const mostPictures = 60;
