import { join } from 'node:path';
import { run } from './processes.ts';

/**
 * Where Go has a module's files, downloaded if they are not there: upstream's manifests and templates are read from it.
 *
 * @param pinnedBy the folder beside this file whose go.mod names the version
 */
export async function moduleFolder(pinnedBy: string, module: string): Promise<string> {
  const folder = join(import.meta.dirname, pinnedBy);
  await run([], 'go', '-C', folder, 'mod', 'download', module);
  return (await run([], 'go', '-C', folder, 'list', '-m', '-f', '{{.Dir}}', module)).trim();
}
