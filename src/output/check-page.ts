import { allChecks } from '../doctor/all-checks.ts';
import type { Check } from '../doctor/define-check.ts';
import { causesOf } from '../doctor/judge.ts';
import type { Cure } from '../errors/cure.ts';
import type { StyledLine } from '../system.ts';
import { styled } from './look.ts';
import { wrapped } from './terminal-text.ts';

/** The section of docs/checks.md about a check, in Markdown. In a pipe, `doctor --explain` prints the same text. */
export function renderCheckPage(check: Check): string {
  const docs = check.docs();
  return `## ${check.id}

${factsOf(check)}

**What it means.** ${docs.means}

**Why it matters.** ${docs.matters}

**How to fix it.** ${docs.fix}
${(docs.commands ?? []).map(commandBlock).join('')}
Sources: ${docs.sources.join('; ')}.
`;
}

const mostColumns = 100;

/**
 * The same section for a terminal: wrapped, without Markdown, with the commands as `doctor` shows them.
 *
 * @param columns the width of the terminal
 */
export function checkPageLines(check: Check, columns: number): StyledLine[] {
  const width = Math.min(columns, mostColumns);
  const docs = check.docs();
  const paragraph = (heading: string, text: string): StyledLine[] => {
    const [first = '', ...rest] = wrapped(`${heading} ${text}`, width);
    return [[styled('strong', heading), first.slice(heading.length)], ...rest, ''];
  };
  return [
    [styled('strong', check.id)],
    '',
    ...wrapped(factsOf(check), width),
    '',
    ...paragraph('What it means.', docs.means),
    ...paragraph('Why it matters.', docs.matters),
    ...paragraph('How to fix it.', docs.fix),
    ...(docs.commands ?? []).flatMap(({ command, note }): StyledLine[] => [
      ...wrapped(`${note ?? ''}:`, width),
      ['    ', styled('strong', command ?? '')],
      '',
    ]),
    ...wrapped(`Sources: ${docs.sources.join('; ')}.`, width),
  ];
}

function factsOf(check: Check): string {
  const { title, severity, group } = check;
  const after = causesOf(check, allChecks);
  const skipped = after.length > 0 ? ` Skipped after: ${after.join(', ')}.` : '';
  return `Healthy when ${title}. Severity: ${severity}. Group: ${group}.${skipped}`;
}

/** Puts a command on its own line, ready to paste. */
function commandBlock({ command, note }: Cure): string {
  return `\n${note ?? ''}:\n\n\`\`\`sh\n${command}\n\`\`\`\n`;
}
