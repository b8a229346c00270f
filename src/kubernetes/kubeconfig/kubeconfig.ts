import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { advice, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { System } from '../../system.ts';
import { type KubeconfigFile, parseKubeconfigFile } from './kubeconfig-file.ts';

/** The merged kubeconfig files. */
export interface Kubeconfig extends KubeconfigFile {
  /** The files that were read, with their names as the user wrote them. */
  readonly files: readonly string[];
  /** The named files that do not exist. */
  readonly missing: readonly string[];
  /** Where the file names come from: `--kubeconfig`, `KUBECONFIG` or `~/.kube/config`. */
  readonly namedBy: string;
}

/**
 * Reads the files that kubectl would read. `--kubeconfig` names one file. Without this flag, `KUBECONFIG` is a list of
 * files. Without both, the file is `~/.kube/config`. A missing file is skipped unless `--kubeconfig` names it.
 *
 * If several files have an entry of the same name, the whole entry of the first file counts. The first
 * `current-context` counts, too (client-go `clientcmd.ClientConfigLoadingRules.Load`).
 *
 * @throws UsageError for a file that cannot be read or is not a kubeconfig
 */
export function readKubeconfig(explicitFile: string | undefined, system: System): Kubeconfig {
  const { files, namedBy } = kubeconfigFiles(explicitFile, system);
  const merged = {
    currentContext: '',
    clusters: new Map(),
    users: new Map(),
    contexts: new Map(),
  } satisfies KubeconfigFile;
  const read: string[] = [];
  const missing: string[] = [];
  for (const file of files) {
    const path = resolve(system.cwd, file);
    const text = readText(path, file);
    if (text === undefined) {
      if (explicitFile) {
        throw new UsageError('no-kubeconfig', `stat ${file}: no such file or directory`, [
          advice('name an existing kubeconfig with --kubeconfig, or leave the flag out'),
        ]);
      }
      missing.push(file);
      continue;
    }
    read.push(file);
    const config = parseKubeconfigFile(text, file, dirname(path));
    merged.currentContext ||= config.currentContext;
    addMissing(merged.clusters, config.clusters);
    addMissing(merged.users, config.users);
    addMissing(merged.contexts, config.contexts);
  }
  return { ...merged, files: read, missing, namedBy };
}

function kubeconfigFiles(explicitFile: string | undefined, system: System): { files: string[]; namedBy: string } {
  if (explicitFile) return { files: [explicitFile], namedBy: '--kubeconfig' };
  const list = system.env.KUBECONFIG;
  if (list) return { files: [...new Set(list.split(delimiter))].filter(Boolean), namedBy: 'KUBECONFIG' };
  return { files: [join(kubectlHome(system), '.kube', 'config')], namedBy: '~/.kube/config' };
}

/**
 * The home folder (client-go `util/homedir`). On Windows, there are three candidates, and the first one with a
 * kubeconfig is used.
 */
function kubectlHome(system: System): string {
  const { HOME, HOMEDRIVE, HOMEPATH, USERPROFILE } = system.env;
  if (system.platform !== 'win32') return HOME || system.homeDirectory;
  const drive = HOMEDRIVE && HOMEPATH ? HOMEDRIVE + HOMEPATH : '';
  const candidates = [HOME, drive, USERPROFILE].filter((folder): folder is string => Boolean(folder));
  return (
    candidates.find((folder) => existsSync(join(folder, '.kube', 'config'))) ??
    (HOME || USERPROFILE || drive || system.homeDirectory)
  );
}

function readText(path: string, file: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return undefined;
    const message = goMessage(error as NodeJS.ErrnoException, file);
    throw new UsageError('unreadable-kubeconfig', `error loading config file "${file}": ${message}`, [
      code === 'EISDIR'
        ? advice('name a file, not a folder')
        : cure(command`ls -l -- ${file}`, 'shows who may read it'),
    ]);
  }
}

function goMessage({ code, message }: NodeJS.ErrnoException, file: string): string {
  if (code === 'EISDIR') return `read ${file}: is a directory`;
  return code === 'EACCES' ? `open ${file}: permission denied` : message;
}

function addMissing<T>(into: Map<string, T>, from: ReadonlyMap<string, T>): void {
  for (const [name, entry] of from) if (!into.has(name)) into.set(name, entry);
}
