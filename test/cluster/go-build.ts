import { accessSync, constants } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { delimiter, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The first arguments of `go build` for all programs of the tests. Programs of several modules have most packages in
 * common. Go compiles a package once for them only if all are built with the same arguments.
 *
 * The programs contain no debug information, because to make it takes a tenth of the time. Stack traces have their lines
 * without it.
 */
export function buildArguments(linkerFlags = ''): string[] {
  const linked = `-s -w ${linkerFlags}`.trim();
  return ['build', '-trimpath', '-buildvcs=false', '-gcflags=all=-dwarf=false', '-ldflags', linked];
}

/**
 * The environment of `go build`. A compiler that collects garbage only when it needs much memory takes a third less
 * processor time. Without cgo, the programs need no C compiler.
 */
export function buildEnvironment(environment: Environment): Environment {
  const each = Math.floor(totalmem() / 2 / availableParallelism() / 2 ** 20);
  const collects = each < leastMebibytes ? {} : { GOGC: 'off', GOMEMLIMIT: `${Math.min(each, mostMebibytes)}MiB` };
  return { ...collects, ...environment, CGO_ENABLED: '0' };
}

/** How much memory a compiler or linker needs in any case, and more than which none needs, in MiB. */
const leastMebibytes = 1500;
const mostMebibytes = 4000;

/** The machine's Go; undefined without one. */
export function goOnPath(path: string): string | undefined {
  const files = path.split(delimiter).map((folder) => join(folder, 'go'));
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The name that `go build` gives to the program of a package: the last part of its path that is not a version. */
export function programOf(path: string): string {
  return path.replace(/\/v\d+$/, '').replace(/.*\//, '');
}
