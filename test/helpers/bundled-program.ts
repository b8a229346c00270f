import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bundleWhole } from '../../scripts/bundle/bundle.ts';
import { cluster } from './cluster.ts';

const made = new Map<string, Promise<string>>();

/**
 * The command that runs the program from an entry of its own, which changes what the program finds and then imports
 * src/main.ts. It is bundled, because the source takes twenty times longer to start than the executable.
 *
 * @param entry a file, as a path from the project's folder
 */
export async function bundledProgram(entry: string): Promise<readonly [string, string]> {
  const known = made.get(entry) ?? bundle(entry);
  made.set(entry, known);
  return [process.execPath, await known];
}

async function bundle(entry: string): Promise<string> {
  const { source } = await bundleWhole({ entry });
  const file = join(cluster().temporaryFolder, `${basename(entry, '.ts')}-${process.pid}.cjs`);
  writeFileSync(file, source, 'latin1');
  return file;
}
