// npm run examples: runs the commands in the blocks ```console of the README and of docs/ on a real API server, and
// writes their output into the documents. It also draws the pictures in docs/pictures.
// test/documents/examples.test.ts checks that nothing would change.
// npm run examples -- --check [--executable FILE]: writes nothing, and fails if something would change.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findPrograms } from '../test/cluster/binaries.ts';
import { clusterVariable } from '../test/cluster/cluster-description.ts';
import { Interruption } from '../test/cluster/interruption.ts';
import { whenEnded } from '../test/cluster/processes.ts';
import { startCluster } from '../test/cluster/start.ts';
import { linesOf } from './examples/blocks.ts';
import { type RanDocument, runExamples } from './examples/run-examples.ts';
import { isSameOutput } from './examples/same-output.ts';
import { type Picture, pictures } from './pictures/pictures.ts';
import { plainText, type Theme, terminalPicture, textOfPicture } from './pictures/terminal-picture.ts';

const root = resolve(import.meta.dirname, '..');

/** The documents with examples: the README and all pages of docs/. */
export const documentsWithExamples: readonly string[] = [
  join(root, 'README.md'),
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => join(root, 'docs', name)),
];

/** The text of a document with the output that its commands have now. */
export function textNow({ text, blocks }: RanDocument): string {
  return blocks.reduceRight((all, { start, end, now }) => all.slice(0, start) + linesOf(now) + all.slice(end), text);
}

const themes: readonly Theme[] = ['light', 'dark'];

/** The file of a picture. */
export const pictureFile = ({ name }: Picture, theme: Theme): string =>
  join(root, 'docs/pictures', `${name}-${theme}.svg`);

/** Whether a picture shows what its command prints now. */
export function isUpToDate(picture: Picture, output: string): boolean {
  return themes.every((theme) => {
    const file = pictureFile(picture, theme);
    const text = `$ ${picture.command}\n${plainText(output)}`;
    return existsSync(file) && isSameOutput(textOfPicture(readFileSync(file, 'utf8')), text);
  });
}

/**
 * Runs all examples, and writes what has changed.
 *
 * @param executable the path of the plugin
 * @param writes false to change no file
 * @returns the files that have changed, or would change
 */
async function update(executable: string, writes: boolean): Promise<string[]> {
  const { documents, screens } = await runExamples(documentsWithExamples, pictures, executable);
  const changed = documents.filter((ran) => textNow(ran) !== ran.text);
  const stale = pictures.filter((picture, index) => !isUpToDate(picture, screens[index]!));
  if (writes) {
    for (const ran of changed) writeFileSync(ran.file, textNow(ran));
    mkdirSync(join(root, 'docs/pictures'), { recursive: true });
    for (const [index, picture] of pictures.entries()) {
      const screen = { command: picture.command, output: screens[index]! };
      for (const theme of themes) writeFileSync(pictureFile(picture, theme), terminalPicture(screen, theme));
    }
  }
  return [...changed.map(({ file }) => file), ...stale.map(({ name }) => `docs/pictures/${name}`)];
}

if (import.meta.main) {
  new Interruption();
  const { values } = parseArgs({ options: { check: { type: 'boolean' }, executable: { type: 'string' } } });
  const [cluster] = await Promise.all([
    findPrograms().then(startCluster),
    values.executable === undefined &&
      whenEnded(
        spawn(process.execPath, [join(root, 'scripts/build.ts')], {
          cwd: root,
          stdio: ['ignore', 'ignore', 'inherit'],
        }),
      ),
  ]);
  process.env[clusterVariable] = cluster.descriptionFile;
  const changed = await update(values.executable ?? join(root, 'dist/kubectl-skyports'), !values.check);
  for (const file of changed) process.stdout.write(`${file} ${values.check ? 'is out of date' : 'has new output'}\n`);
  if (values.check && changed.length > 0) process.exitCode = 1;
  await cluster.stop();
}
