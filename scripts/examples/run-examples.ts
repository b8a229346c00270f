import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { cluster } from '../../test/helpers/cluster.ts';
import type { Picture } from '../pictures/pictures.ts';
import { folded } from '../pictures/terminal-picture.ts';
import { type Block, blocksOf, type Example, usualWorld } from './blocks.ts';
import { isSameOutput } from './same-output.ts';
import { type World, worlds } from './worlds.ts';

/** A document, and its blocks after their commands were run. */
export interface RanDocument {
  readonly file: string;
  readonly text: string;
  readonly blocks: readonly RanBlock[];
}

export interface RanBlock extends Block {
  /** The same commands, with the output that they have now. If it says the same, it is the output of the document. */
  readonly now: readonly Example[];
}

/** What the commands of documents and pictures print now. */
export interface Ran {
  readonly documents: readonly RanDocument[];
  /** For each picture, the output of its command, with colours. */
  readonly screens: readonly string[];
}

/**
 * Runs the commands of pictures, and then the examples of documents, world by world. In one world, the blocks run in
 * the order of the documents, so the commands of a block see what the blocks above have changed.
 *
 * @param executable the path of the built `kubectl-skyports`
 * @throws Error if a block names a world that does not exist
 */
export async function runExamples(
  files: readonly string[],
  pictures: readonly Picture[],
  executable: string,
): Promise<Ran> {
  const documents = files.map((file) => {
    const text = readFileSync(file, 'utf8');
    return { file, text, blocks: blocksOf(text) };
  });
  const all = documents.flatMap(({ blocks }) => blocks);
  for (const { world } of all) if (!Object.hasOwn(worlds, world)) throw new Error(`No world is called ${world}`);
  const ran = new Map<Block, RanBlock>();
  const screens: string[] = [];
  for (const [name, world] of Object.entries(worlds)) {
    const blocks = all.filter((block) => block.world === name);
    const unmake = await world.make();
    if (name === usualWorld) {
      for (const { command } of pictures)
        screens.push(folded(await outputOf(`${command} --color=always`, world, executable)));
    }
    for (const block of blocks) ran.set(block, { ...block, now: await nowOf(block, world, executable) });
    await unmake();
  }
  return {
    documents: documents.map((each) => ({ ...each, blocks: each.blocks.map((block) => ran.get(block)!) })),
    screens,
  };
}

async function nowOf({ before, examples }: Block, world: World, executable: string): Promise<Example[]> {
  for (const command of before) await outputOf(command, world, executable);
  const now: Example[] = [];
  for (const { command, output } of examples) {
    const printed = (await outputOf(command, world, executable)).replace(waitLines, '');
    now.push({ command, output: isSameOutput(printed, output) ? output : printed });
  }
  return now;
}

/** The lines about a wait. On a terminal, they are replaced, and how many a pipe gets depends on the time. */
const waitLines = /^waiting at most .*\n/gm;

/** What a user's terminal shows after a command, without colour. */
async function outputOf(command: string, world: World, executable: string): Promise<string> {
  const { temporaryFolder, kubectl, adminKubeconfig } = cluster();
  const home = join(temporaryFolder, 'home');
  const programs = join(temporaryFolder, 'programs');
  mkdirSync(home, { recursive: true });
  mkdirSync(programs, { recursive: true });
  try {
    symlinkSync(executable, join(programs, 'kubectl-skyports'));
  } catch {
    // An earlier example made it.
  }
  const path = [programs, dirname(kubectl), '/usr/bin', '/bin'].join(delimiter);
  const env = { PATH: path, HOME: home, KUBECONFIG: adminKubeconfig, LANG: 'C.UTF-8', SKYPORTS_PROBE: 'false' };
  const stop = world.play?.();
  try {
    return await new Promise((resolve) => {
      execFile('/bin/bash', ['-c', `${command} 2>&1`], { env, cwd: home, timeout: 60_000 }, (_error, stdout) => {
        resolve(stdout);
      });
    });
  } finally {
    stop?.();
  }
}
