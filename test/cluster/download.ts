import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { addToCache, executablesIn, goArchitecture } from './binary-cache.ts';
import type { Progress } from './progress.ts';
import { kubernetesVersion, type ProgramName, programsWithoutControllers } from './versions.ts';

/** The list of the archives that the controller-tools project publishes for envtest. */
export const envtestIndexUrl =
  'https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml';

/** What an envtest archive holds. */
const archived: readonly ProgramName[] = programsWithoutControllers;

/** How long a download may take before it is given up. */
export interface DownloadLimits {
  /** From the first question until the archive's first byte: a server that cannot be reached costs no more. */
  readonly reachedWithinMs: number;
  /** How long a download that has begun may stand still. */
  readonly stalledAfterMs: number;
}

const usualLimits: DownloadLimits = { reachedWithinMs: 3000, stalledAfterMs: 15_000 };

export interface DownloadOptions {
  readonly cache: string;
  readonly progress: Progress;
  readonly indexUrl: string;
  /** Default: 3 s, and 15 s. */
  readonly limits?: DownloadLimits | undefined;
}

/** Whether the user lets us download: not in CI, and not with `SKYPORTS_OFFLINE=1`. */
export function mayDownload(environment: Readonly<Record<string, string | undefined>>): boolean {
  return environment.CI !== 'true' && environment.SKYPORTS_OFFLINE !== '1';
}

/**
 * Puts those of `names` that upstream publishes for our version and system into the cache.
 * Does nothing when there is no such archive or it cannot be had in time.
 * Throws when what arrived is not what upstream published.
 */
export async function downloadPrograms(names: readonly ProgramName[], options: DownloadOptions): Promise<void> {
  const wanted = names.filter((name) => archived.includes(name));
  if (wanted.length === 0) return;
  options.progress.step(`Downloading etcd, kube-apiserver and kubectl ${kubernetesVersion}`);
  const archive = await fetchArchive(options);
  if (archive === undefined) return;
  const actual = createHash('sha512').update(archive.bytes).digest('hex');
  if (actual !== archive.sha512) {
    throw new Error(
      `${archive.url} has sha512 ${actual}, but ${archive.sha512} is published for it: do not use it. To build the programs instead: export SKYPORTS_OFFLINE=1`,
    );
  }
  // Without a `tar` the next source will do.
  await addToCache(options.cache, (folder) => unpack(archive.bytes, wanted, folder)).catch(() => {});
}

interface Archive {
  readonly url: string;
  readonly sha512: string;
  readonly bytes: Buffer;
}

async function fetchArchive({ indexUrl, progress, limits }: DownloadOptions): Promise<Archive | undefined> {
  const { reachedWithinMs, stalledAfterMs } = limits ?? usualLimits;
  const tooSlow = new AbortController();
  let timer = setTimeout(() => tooSlow.abort(), reachedWithinMs);
  try {
    const index = await fetch(indexUrl, { signal: tooSlow.signal });
    const entry = index.ok ? publishedArchive(await index.text()) : undefined;
    if (entry === undefined) return undefined;
    const response = await fetch(entry.url, { signal: tooSlow.signal });
    if (!response.ok || response.body === null) return undefined;
    const chunks: Uint8Array[] = [];
    let received = 0;
    for await (const chunk of response.body) {
      clearTimeout(timer);
      timer = setTimeout(() => tooSlow.abort(), stalledAfterMs);
      chunks.push(chunk);
      received += chunk.length;
      progress.detail(`${Math.round(received / 1e6)} MB`);
    }
    return { ...entry, bytes: Buffer.concat(chunks) };
  } catch {
    // Not reached, or lost on the way: the next source will do.
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** The archive for our version, system and architecture in the text of `envtest-releases.yaml`. */
function publishedArchive(index: string): { url: string; sha512: string } | undefined {
  const version = `v${kubernetesVersion}`;
  const { releases } = parse(index) as {
    releases?: Record<string, Record<string, { hash: string; selfLink: string }>>;
  };
  const archive = releases?.[version]?.[`envtest-${version}-${process.platform}-${goArchitecture}.tar.gz`];
  return archive === undefined ? undefined : { url: archive.selfLink, sha512: archive.hash };
}

async function unpack(archive: Buffer, wanted: readonly ProgramName[], folder: string): Promise<void> {
  const scratch = await mkdtemp(join(folder, 'archive-'));
  const file = join(scratch, 'envtest.tar.gz');
  writeFileSync(file, archive);
  // Its files are in controller-tools/envtest/.
  await promisify(execFile)('tar', ['-xzf', file, '-C', scratch, '--strip-components=2']);
  for (const name of wanted) {
    const program = executablesIn(scratch)[name];
    if (program !== undefined) await rename(program, join(folder, name));
  }
  await rm(scratch, { recursive: true });
}
