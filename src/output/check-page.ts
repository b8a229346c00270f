import type { Check } from '../doctor/define-check.ts';

/** A check's section of docs/checks.md, in Markdown; the same text is what `doctor --explain` shows. */
export function renderCheckPage({ id, title, severity, link, after, docs }: Check): string {
  return `## ${id}

Healthy when ${title}. Severity: ${severity}. Group: ${link}.${after.length > 0 ? ` Moot after: ${after.join(', ')}.` : ''}

**What it means.** ${docs.means}

**Why it matters.** ${docs.matters}

**How to mend it.** ${docs.mend}

Sources: ${docs.sources.join('; ')}.
`;
}
