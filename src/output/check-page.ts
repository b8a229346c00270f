import { allChecks } from '../doctor/all-checks.ts';
import type { Check } from '../doctor/define-check.ts';
import { causesOf } from '../doctor/judge.ts';
import type { Cure } from '../errors/cure.ts';

/** The section of docs/checks.md about a check, in Markdown. `doctor --explain` prints the same text. */
export function renderCheckPage(check: Check): string {
  const { id, title, severity, group } = check;
  const docs = check.docs();
  const after = causesOf(check, allChecks);
  return `## ${id}

Healthy when ${title}. Severity: ${severity}. Group: ${group}.${after.length > 0 ? ` Skipped after: ${after.join(', ')}.` : ''}

**What it means.** ${docs.means}

**Why it matters.** ${docs.matters}

**How to fix it.** ${docs.fix}
${(docs.commands ?? []).map(commandBlock).join('')}
Sources: ${docs.sources.join('; ')}.
`;
}

/** Puts a command on its own line, ready to paste. */
function commandBlock({ command, note }: Cure): string {
  return `\n${note ?? ''}:\n\n\`\`\`sh\n${command}\n\`\`\`\n`;
}
