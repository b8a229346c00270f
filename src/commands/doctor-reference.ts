import { allChecks } from '../doctor/all-checks.ts';
import { renderCheckPage } from '../output/check-page.ts';
import { renderTable } from '../output/table.ts';
import type { System } from '../system.ts';
import { exitCodes } from './command.ts';
import { unknownCheck } from './doctor-arguments.ts';

/** `doctor --list`: all checks, in the order of the packet's path. */
export function listChecks(system: System): number {
  const rows = allChecks.map(({ id, link, severity, title }) => ({ cells: [id, link, severity, title] }));
  system.stdout.document(renderTable(['ID', 'GROUP', 'SEVERITY', 'HEALTHY WHEN'], rows));
  return exitCodes.fine;
}

/** `doctor --explain ID`: the check's page, as in docs/checks.md. @throws UsageError for an unknown id */
export function explainCheck(id: string, system: System): number {
  const check = allChecks.find((each) => each.id === id);
  if (!check)
    throw unknownCheck(
      id,
      allChecks.map((each) => each.id),
    );
  system.stdout.document(renderCheckPage(check));
  return exitCodes.fine;
}
