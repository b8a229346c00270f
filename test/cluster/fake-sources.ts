import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProgramName, programNames } from './versions.ts';

/** A folder of a test's own with the places that programs come from, all empty at first. */
export interface FakeSources {
  readonly folder: string;
  /** A KUBEBUILDER_ASSETS folder. */
  readonly assets: string;
  /** What `findPrograms` takes for the user's environment: no assets, an own cache, no Go, no network. */
  readonly environment: Readonly<Record<string, string>>;
  /** The same with a `go` that takes `seconds` for a program and writes one that says it was built. */
  withGo(seconds: number): Readonly<Record<string, string>>;
  /** The programs that this `go` was asked to build so far, in order. */
  built(): string[];
  remove(): void;
}

/** Makes the folder; the test removes it. */
export function fakeSources(): FakeSources {
  const folder = mkdtempSync(join(tmpdir(), 'skyports-sources-'));
  const [assets, noTools, tools] = ['assets', 'no-tools', 'tools'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const each of [assets, noTools, tools]) mkdirSync(each);
  const log = join(folder, 'built');
  writeFileSync(log, '');
  const environment = { PATH: noTools, HOME: folder, XDG_CACHE_HOME: join(folder, 'cache'), SKYPORTS_OFFLINE: '1' };
  return {
    folder,
    assets,
    environment,
    withGo: (seconds) => {
      writeProgram(
        tools,
        'go',
        [
          'while [ "$1" != -o ]; do shift; done; folder="$2"; shift 2',
          // Like Go, it names a program after the last part of its package's path that is not a version.
          'for path; do name="$(basename "$(echo "$path" | sed s,/v3,,)")"; [ "$name" = server ] && echo etcd || echo "$name"; done >> ' +
            log,
          `sleep ${seconds}`,
          'for path; do echo "#!built" > "$folder$(basename "$(echo "$path" | sed s,/v3,,)")"; done',
        ].join('\n'),
      );
      return { ...environment, PATH: `${tools}:${process.env.PATH}` };
    },
    built: () => readFileSync(log, 'utf8').split('\n').filter(Boolean),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** Puts programs that do nothing into a folder. */
export function writePrograms(folder: string, names: readonly ProgramName[] = programNames): void {
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeProgram(folder, name, 'exit 0');
}

function writeProgram(folder: string, name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}
