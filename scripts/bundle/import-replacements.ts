import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * An import of a dependency that slows down the start and that this program rarely needs. The bundle contains a file of
 * `import-replacements/` instead. Each of these files says why, and when it can be removed.
 */
export interface ImportReplacement {
  /** The package, or one of its modules, in which an import is replaced. */
  readonly importer: RegExp;
  /** The import as it is written. */
  readonly imports: readonly string[];
  /** The file in `import-replacements/` that replaces it. */
  readonly by: string;
}

export const importReplacements: readonly ImportReplacement[] = [
  {
    importer: /[\\/]yargs[\\/]helpers[\\/]helpers\.mjs$/,
    imports: ['../lib/platform-shims/esm.mjs'],
    by: 'yargs-parser-alone.ts',
  },
  {
    importer: /[\\/]@kubernetes[\\/]client-node[\\/]dist[\\/]config\.js$/,
    imports: [
      'undici',
      './gen/index.js',
      './azure_auth.js',
      './gcp_auth.js',
      './oidc_auth.js',
      './exec_auth.js',
      'node:child_process',
      'node:http',
      'node:https',
      'js-yaml',
      'hpagent',
      'socks',
      'socks-proxy-agent',
    ],
    by: 'kubeconfig-alone.ts',
  },
];

/**
 * Replaces the imports. A replacement may import a package, too. Such an import is resolved from the module whose
 * import was replaced. So it finds the same copy, and is not replaced again.
 */
export function importReplacementPlugin(chosen: readonly ImportReplacement[]): Plugin {
  return {
    name: 'import-replacements',
    setup(build) {
      for (const { importer, imports, by } of chosen) {
        build.onResolve({ filter: exactly(imports) }, ({ importer: from, namespace, resolveDir }) => {
          const asking = namespace === 'file' ? from : `${namespace}:${from}`;
          if (!importer.test(asking)) return undefined;
          return {
            path: `${by} for ${folderName(resolveDir)}`,
            namespace: 'replacement',
            pluginData: { by, resolveDir },
          };
        });
      }
      build.onLoad({ filter: /./, namespace: 'replacement' }, async ({ pluginData: { by, resolveDir } }) => {
        const contents = await readFile(join(import.meta.dirname, 'import-replacements', by), 'utf8');
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
