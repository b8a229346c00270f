import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { advice, command, cure } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { SkyConfigText } from '../skypilot/config-file/sky-config-text.ts';
import type { SkyConfigFile } from '../snapshot/topics.ts';
import type { System } from '../system.ts';

/** Where SkyPilot looks for a configuration file. */
export interface SkyConfigPlace {
  readonly scope: 'only' | 'user' | 'project';
  /** The environment variable that names the file; undefined for a default path. */
  readonly variable: string | undefined;
  /** The path as the user wrote it, such as `~/.sky/config.yaml`. */
  readonly path: string;
  /** The absolute path of the file. */
  readonly file: string;
}

/**
 * The paths where SkyPilot looks for configuration files, lowest precedence first (sky/skypilot_config.py). If
 * `SKYPILOT_CONFIG` is set, SkyPilot reads only that file. Otherwise, it reads the user's file
 * (`SKYPILOT_GLOBAL_CONFIG`, `~/.sky/config.yaml`), then the project's file (`SKYPILOT_PROJECT_CONFIG`, `./.sky.yaml`).
 */
export function skyConfigPlaces(system: System): SkyConfigPlace[] {
  const { env, cwd, homeDirectory } = system;
  const only = env.SKYPILOT_CONFIG;
  if (only) return [{ scope: 'only', variable: 'SKYPILOT_CONFIG', path: only, file: absolute(only, system) }];
  const place = (scope: 'user' | 'project', variable: string, fallback: string): SkyConfigPlace => {
    const path = env[variable];
    return path
      ? { scope, variable, path, file: absolute(path, system) }
      : { scope, variable: undefined, path: fallback, file: fallback };
  };
  return [
    place('user', 'SKYPILOT_GLOBAL_CONFIG', join(homeDirectory, '.sky', 'config.yaml')),
    place('project', 'SKYPILOT_PROJECT_CONFIG', join(cwd, '.sky.yaml')),
  ];
}

/**
 * The configuration files that SkyPilot uses, lowest precedence first. A default file that does not exist is left out.
 *
 * @throws UsageError for a file that cannot be read or parsed, and, as in SkyPilot, for a variable that names a missing
 * file
 */
export async function readSkyConfigFiles(system: System): Promise<SkyConfigFile[]> {
  const files: SkyConfigFile[] = [];
  for (const place of skyConfigPlaces(system)) {
    const text = readSkyConfigText(place);
    if (text !== undefined) files.push({ path: place.path, content: await parse({ path: place.path, text }) });
  }
  return files;
}

/**
 * The text of a file; undefined for a default file that does not exist.
 *
 * @throws UsageError if the file cannot be read or is not UTF-8, or if a variable names a file that does not exist
 */
export function readSkyConfigText({ variable, path, file }: SkyConfigPlace): string | undefined {
  const named = `SkyPilot's configuration ${path}${variable ? `, named by ${variable},` : ''}`;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof TypeError) {
      throw new UsageError('invalid-sky-config', `${named} is not UTF-8`, [advice(`save ${path} as UTF-8`)]);
    }
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !variable) return undefined;
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw new UsageError('unreadable-sky-config', `${named} ${why}`, [
      variable
        ? advice(`set ${variable} to an existing file, or unset it`)
        : cure(command`ls -ld -- ${path}`, 'shows who may read it'),
    ]);
  }
}

function absolute(path: string, { cwd, homeDirectory }: System): string {
  if (path.startsWith('~/')) return join(homeDirectory, path.slice(2));
  return isAbsolute(path) ? path : join(cwd, path);
}

async function parse(file: SkyConfigText): Promise<unknown> {
  const { contentOf, parseSkyConfigText } = await import('../skypilot/config-file/sky-config-text.ts');
  return contentOf(file, parseSkyConfigText(file, 'core'));
}
