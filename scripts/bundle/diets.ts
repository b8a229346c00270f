import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * An import that a dependency makes at its start, that costs much, and that this program needs seldom or never.
 * In the bundle it gets one of the files in `diets/` instead; each says why, and when it can go.
 */
export interface Diet {
  /** The package, or the one module of it, whose import is replaced. */
  readonly importer: RegExp;
  /** As it stands in the import. */
  readonly imports: readonly string[];
  /** File in `diets/`. */
  readonly by: string;
}

export const diets: readonly Diet[] = [
  {
    importer: /[\\/]yargs[\\/]index\.mjs$/,
    imports: ['./lib/platform-shims/esm.mjs'],
    by: 'yargs-platform.ts',
  },
  {
    importer: /[\\/]node_modules[\\/](yargs|cliui|wrap-ansi)[\\/]|^diet:yargs-platform/,
    imports: ['string-width'],
    by: 'lazy-string-width.ts',
  },
  {
    importer: /[\\/]@kubernetes[\\/]client-node[\\/]dist[\\/]config\.js$/,
    imports: [
      'undici',
      './gen/index.js',
      './azure_auth.js',
      './gcp_auth.js',
      './oidc_auth.js',
      'hpagent',
      'socks',
      'socks-proxy-agent',
    ],
    by: 'kubeconfig-alone.ts',
  },
];

/**
 * Puts the replacements in. What a replacement imports is looked up from the module whose import it replaces,
 * so it finds the very copy that the module would have had, and is not replaced again.
 */
export function dietPlugin(chosen: readonly Diet[]): Plugin {
  return {
    name: 'diets',
    setup(build) {
      for (const { importer, imports, by } of chosen) {
        build.onResolve({ filter: exactly(imports) }, ({ importer: from, namespace, resolveDir }) => {
          const asking = namespace === 'file' ? from : `${namespace}:${from}`;
          if (!importer.test(asking)) return undefined;
          return { path: `${by} for ${folderName(resolveDir)}`, namespace: 'diet', pluginData: { by, resolveDir } };
        });
      }
      build.onLoad({ filter: /./, namespace: 'diet' }, async ({ pluginData: { by, resolveDir } }) => {
        const contents = await readFile(join(import.meta.dirname, 'diets', by), 'utf8');
        return { contents, loader: 'ts', resolveDir };
      });
    },
  };
}

function exactly(names: readonly string[]): RegExp {
  const escaped = names.map((name) => name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  return new RegExp(`^(${escaped.join('|')})$`);
}

function folderName(path: string): string {
  return path
    .split(/[\\/]node_modules[\\/]/)
    .at(-1)!
    .replaceAll('\\', '/');
}
