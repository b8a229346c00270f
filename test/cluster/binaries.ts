import { mkdirSync } from 'node:fs';
import { cacheFolder, executablesIn } from './binary-cache.ts';
import { buildPrograms } from './build.ts';
import { type DownloadLimits, downloadPrograms, envtestIndexUrl, mayDownload } from './download.ts';
import { withLock } from './lock.ts';
import { type Progress, terminalProgress } from './progress.ts';
import { goVersion, type ProgramName, programNames, versionOf } from './versions.ts';

/** Where each program is: absolute paths of executable files. */
export type Programs<Name extends ProgramName = ProgramName> = Readonly<Record<Name, string>>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that finding the programs depends on besides the disk. */
export interface FindOptions<Name extends ProgramName = ProgramName> {
  /** The programs to find; all of them by default. */
  readonly names?: readonly Name[];
  readonly environment?: Environment;
  readonly progress?: Progress;
  /** The list of upstream's envtest archives. */
  readonly indexUrl?: string;
  readonly downloadLimits?: DownloadLimits;
}

/**
 * Finds the programs of the test cluster. Each is taken from the first of these that has it: the folder
 * `KUBEBUILDER_ASSETS`, our cache folder, upstream's envtest archive, the machine's Go. What was downloaded or built
 * goes to the cache folder; of several processes that miss something at once, one does the work and the others wait.
 *
 * Throws an error of one line that says what to install.
 */
export async function findPrograms<Name extends ProgramName = ProgramName>(
  options: FindOptions<Name> = {},
): Promise<Programs<Name>> {
  const {
    names = programNames,
    environment = process.env,
    progress = terminalProgress(process.stderr),
    indexUrl = envtestIndexUrl,
    downloadLimits: limits,
  } = options;
  const cache = cacheFolder(environment);
  const given = environment.KUBEBUILDER_ASSETS ? executablesIn(environment.KUBEBUILDER_ASSETS) : {};
  const found = (): Partial<Programs> => ({ ...executablesIn(cache), ...given });
  const missing = (): ProgramName[] => names.filter((name) => found()[name] === undefined);

  if (missing().length > 0) {
    mkdirSync(cache, { recursive: true });
    try {
      await withLock(cache, progress, async () => {
        if (mayDownload(environment)) await downloadPrograms(missing(), { cache, progress, indexUrl, limits });
        await buildPrograms(missing(), { cache, progress, environment });
      });
    } finally {
      progress.done();
    }
  }
  if (missing().length > 0) throw new Error(whatToInstall(missing()));
  const all = found();
  return Object.fromEntries(names.map((name) => [name, all[name]])) as Programs<Name>;
}

function whatToInstall(missing: readonly ProgramName[]): string {
  const names = missing.map((name) => `${name} ${versionOf(name)}`).join(', ');
  return `The test cluster needs ${names}, and there is no Go to build them: install Go ${goVersion} or later (https://go.dev/dl), or name a folder that has them: export KUBEBUILDER_ASSETS=FOLDER`;
}
