import { execFileSync, spawnSync } from 'node:child_process';

/**
 * Makes sure that a program of this machine is there: as root on Debian it is installed, elsewhere the test fails with the
 * line that would install it.
 */
export function ensureProgram(program: string, debianPackage = program): void {
  if (isThere(program)) return;
  if (process.getuid?.() === 0 && isThere('apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    // Another test may be installing at the same time.
    const options = ['-o', 'DPkg::Lock::Timeout=300', '-qq', '-y', '--no-install-recommends'];
    spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-qq', 'update'], { env, stdio: 'ignore' });
    execFileSync('apt-get', [...options, 'install', debianPackage], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  if (!isThere(program)) throw new Error(`${program} is missing: apt-get install ${debianPackage}`);
}

function isThere(program: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'command -v "$0"', program], { stdio: 'ignore' }).status === 0;
}
