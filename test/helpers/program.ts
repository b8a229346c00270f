import { spawnSync } from 'node:child_process';

/**
 * Makes sure that programs of this machine are there: as root on Debian they are installed, elsewhere the test fails with
 * the line that would install them.
 *
 * @param packages Debian's
 * @param missing whether something is missing
 */
function ensure(packages: readonly string[], missing: () => boolean): void {
  if (!missing()) return;
  if (process.getuid?.() === 0 && isThere('apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    // Another test may be installing at the same time.
    const options = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3', '-qq'];
    spawnSync('apt-get', [...options, 'update'], { env, stdio: 'ignore' });
    const args = [...options, '-y', '--no-install-recommends', 'install', ...packages];
    spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  if (missing()) throw new Error(`this test needs more programs: apt-get install ${packages.join(' ')}`);
}

/** Makes sure that a program is in PATH. */
export function ensureProgram(program: string, debianPackage = program): void {
  ensure([debianPackage], () => !isThere(program));
}

/** Makes sure that Debian packages are installed. */
export function ensurePackages(packages: readonly string[]): void {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own
  const format = '${db:Status-Status}\n';
  ensure(packages, () => {
    const { status, stdout } = spawnSync('dpkg-query', ['-W', '-f', format, ...packages], {
      encoding: 'utf8',
    });
    return status !== 0 || stdout.split('\n').filter((line) => line === 'installed').length < packages.length;
  });
}

function isThere(program: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'command -v "$0"', program], { stdio: 'ignore' }).status === 0;
}
