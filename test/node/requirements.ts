import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ensurePackages } from '../helpers/program.ts';

/** Debian's packages that the node is made of, besides what is built. */
const packages = [
  ...[
    'iproute2',
    'util-linux',
    'containerd',
    'runc',
    'containernetworking-plugins',
    'iptables',
    'nftables',
    'conntrack',
  ],
  ...['nginx', 'libnginx-mod-http-lua', 'libnginx-mod-http-headers-more-filter', 'libnginx-mod-stream'],
  ...['lua-resty-core', 'lua-resty-lrucache', 'lua-cjson', 'gcc', 'libc6-dev'],
] as const;

/** Why this machine cannot have a node; undefined when it can. */
export function whyNoNode(): string | undefined {
  if (process.platform !== 'linux') return `it needs Linux, and this is ${process.platform}`;
  if (process.arch !== 'x64') return `it needs an x64 processor, and this is ${process.arch}`;
  if (process.getuid?.() !== 0) return 'it needs root, for network namespaces, mounts and cgroups';
  if (!existsSync('/etc/debian_version'))
    return `it needs Debian, or these programs as Debian has them: ${packages.join(' ')}`;
  if (!existsSync('/sys/fs/cgroup')) return 'it needs cgroups mounted at /sys/fs/cgroup';
  if (spawnSync('unshare', ['--net', 'true'], { stdio: 'ignore' }).status !== 0) {
    return 'it may not make network namespaces here (unshare --net is refused)';
  }
  return undefined;
}

/** Installs what is missing. @throws Error with the line that would */
export function installRequirements(): void {
  ensurePackages(packages);
}
