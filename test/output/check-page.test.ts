import test from 'ava';
import { allChecks } from '../../src/doctor/all-checks.ts';
import { checkPageLines, renderCheckPage } from '../../src/output/check-page.ts';
import { plainText } from '../../src/output/look.ts';

/** The words of a text, without what Markdown adds. */
const words = (text: string) =>
  text
    .replaceAll(/\*\*|^## |```(?:sh)?/gm, ' ')
    .split(/\s+/)
    .filter(Boolean);

test('on a terminal, --explain says the same as in Markdown, and fits', (t) => {
  for (const check of allChecks) {
    const lines = checkPageLines(check, 80).map(plainText);
    t.deepEqual(words(lines.join('\n')), words(renderCheckPage(check)), check.id);
    const isWhole = (line: string) => line.startsWith('    ') || !line.includes(' ');
    t.deepEqual(
      lines.filter((line) => line.length > 80 && !isWhole(line)),
      [],
      check.id,
    );
    t.notRegex(lines.join('\n'), /\*\*|```/, check.id);
  }
});
