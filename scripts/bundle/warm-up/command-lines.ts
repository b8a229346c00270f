/** A command line to run before the code cache is taken, and how it ends. */
export interface CommandLine {
  readonly args: readonly string[];
  /** Default: 0. */
  readonly exitCode?: number;
}

/**
 * What people run most. V8 keeps the functions that these ran; others are compiled when they are first called.
 * The server is the one in api-server.ts, its objects those in objects.ts.
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
