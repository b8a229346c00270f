import { allChecks } from '../../src/doctor/all-checks.ts';
import { renderCheckPage } from '../../src/output/check-page.ts';

/** docs/checks.md: all checks in their order, each on its page as `doctor --explain ID` shows it. */
export function checksDocument(): string {
  const rows = allChecks.map(
    ({ id, group, severity, title }) => `| [${id}](#${id}) | ${group} | ${severity} | ${title} |`,
  );
  return `# The doctor's checks

Made by \`npm run docs\` from \`src/doctor/checks\`; edit there. In the order of a packet's path: the first that fails is the root cause.

| id | group | severity | healthy when |
|---|---|---|---|
${rows.join('\n')}

${allChecks.map(renderCheckPage).join('\n')}`;
}
