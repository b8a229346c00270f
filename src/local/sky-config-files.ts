import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { UsageError } from '../errors/usage-error.ts';
import type { SkyConfigFile } from '../snapshot/topics.ts';
import type { System } from '../system.ts';

/**
 * SkyPilot's configuration files that count here, lowest precedence first (sky/skypilot_config.py): `SKYPILOT_CONFIG`
 * alone if set, else the user's (`SKYPILOT_GLOBAL_CONFIG`, `~/.sky/config.yaml`), then the project's
 * (`SKYPILOT_PROJECT_CONFIG`, `./.sky.yaml`). A default file that is not there is left out.
 *
 * @throws UsageError for a file that cannot be read or parsed, and for a variable that names a missing file, as in SkyPilot
 */
export async function readSkyConfigFiles(system: System): Promise<SkyConfigFile[]> {
  const { env, cwd, homeDirectory } = system;
  const only = env.SKYPILOT_CONFIG;
  const places = only
    ? [{ variable: 'SKYPILOT_CONFIG', path: only }]
    : [
        place(env, 'SKYPILOT_GLOBAL_CONFIG', join(homeDirectory, '.sky', 'config.yaml')),
        place(env, 'SKYPILOT_PROJECT_CONFIG', join(cwd, '.sky.yaml')),
      ];
  const files: SkyConfigFile[] = [];
  for (const { variable, path } of places) {
    const text = read(variable, absolute(path, system));
    if (text !== undefined) files.push({ path, content: await parse(path, text) });
  }
  return files;
}

function place(env: System['env'], variable: string, fallback: string): { variable: string | undefined; path: string } {
  const path = env[variable];
  return path ? { variable, path } : { variable: undefined, path: fallback };
}

function absolute(path: string, { cwd, homeDirectory }: System): string {
  if (path.startsWith('~/')) return join(homeDirectory, path.slice(2));
  return isAbsolute(path) ? path : join(cwd, path);
}

function read(variable: string | undefined, path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !variable) return undefined;
    const why = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`;
    throw new UsageError(
      `SkyPilot's configuration ${path}${variable ? `, named by ${variable},` : ''} ${why}`,
      variable ? `unset ${variable}, or pass --mode` : `chmod u+r ${path}, or pass --mode`,
    );
  }
}

async function parse(path: string, text: string): Promise<unknown> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text);
  const [error] = document.errors;
  if (!error) return document.toJS();
  const line = error.linePos?.[0].line;
  throw new UsageError(
    `SkyPilot's configuration ${path} is no valid YAML: line ${line}: ${error.message.split('\n', 1)[0]}`,
    'mend that line, or pass --mode',
  );
}
