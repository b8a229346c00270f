/** A command line that runs before the code cache is created, and its expected exit code. */
export interface CommandLine {
  readonly args: readonly string[];
  /** Default: 0. */
  readonly exitCode?: number;
}

/**
 * The most common calls. V8 caches the functions that they run, and compiles others when they are first called.
 * api-server.ts is the server, and objects.ts has its objects.
 */
export const commandLines: readonly CommandLine[] = [
  { args: ['--version'] },
  { args: ['--help'] },
  { args: ['endpoints', '--help'] },
  { args: ['endpoints'] },
  { args: ['endpoints', '-A'] },
  { args: ['endpoints', '-n', 'research', 'serve', '-o', 'wide'] },
  { args: ['endpoints', '-A', '-o', 'json'] },
  { args: ['endpoints', 'train', '-o', 'yaml'] },
  { args: ['endpoints', 'train', '-o', 'url', '--port', '8888'] },
  { args: ['endpoints', 'train', '-o', 'sky'] },
  { args: ['endpoints', '-A', '-o', 'jsonpath={.items[*].url}'] },
  { args: ['expose', '--help'] },
  { args: ['expose', 'train', '9000', '--wait=0'] },
  { args: ['expose', 'serve', '9000-9001', '-n', 'research', '--dry-run=client', '-o', 'yaml'] },
  { args: ['unexpose', 'train', '--dry-run'] },
  { args: ['doctor', '-A', '--fail-on=never', '--probe=false'] },
  { args: ['__complete', 'endpoints', ''] },
  { args: ['__complete', 'doctor', 'train', ''] },
  { args: ['version'] },
  { args: ['endpoints', 'nobody'], exitCode: 2 },
  { args: ['endpoint'], exitCode: 2 },
  { args: ['endpoints', '--server', 'https://127.0.0.1:9'], exitCode: 1 },
];
