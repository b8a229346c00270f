// npm run examples: runs the commands in the blocks ```console of the README and of docs/ on a real API server, and
// writes their output into the documents. It also draws the pictures in docs/pictures.
// test/documents/examples.test.ts checks that nothing would change.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
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

if (import.meta.main) {
  new Interruption();
  const script = join(root, 'scripts/build.ts');
  const [cluster] = await Promise.all([
    findPrograms().then(startCluster),
    whenEnded(spawn(process.execPath, [script], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })),
  ]);
  process.env[clusterVariable] = cluster.descriptionFile;
  const executable = join(root, 'dist/kubectl-skyports');
  const { documents, screens } = await runExamples(documentsWithExamples, pictures, executable);
  for (const ran of documents) {
    const now = textNow(ran);
    if (now !== ran.text) {
      writeFileSync(ran.file, now);
      process.stdout.write(`${ran.file} has new output\n`);
    }
  }
  mkdirSync(join(root, 'docs/pictures'), { recursive: true });
  for (const [index, picture] of pictures.entries()) {
    const screen = { command: picture.command, output: screens[index]! };
    for (const theme of themes) writeFileSync(pictureFile(picture, theme), terminalPicture(screen, theme));
  }
  await cluster.stop();
}
