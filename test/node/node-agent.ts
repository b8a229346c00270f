import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { kubectl } from './control-plane.ts';
import type { Image } from './images.ts';
import { pauseImage } from './images.ts';
import { addresses, files, folder, namespaces, networks, nodeName, pidOf } from './layout.ts';
import { inHolder, isFulfilled, run, signal, startDaemon, stopDaemon, succeeds, untilNode } from './processes.ts';
import type { NodePrograms } from './programs.ts';

const cgroup = 'kubectl-skyports-node';
const cgroups = '/sys/fs/cgroup';
const ctr = ['ctr', '--address', files.containerd, '--namespace', 'k8s.io'] as const;

/** Starts containerd with the images in it. Runs while the API server starts: it does not need it. */
export async function startContainerd(images: readonly Image[]): Promise<void> {
  // One process holds the mounts that containerd, the kubelet and the containers share: `ip netns exec` would give each its own.
  startDaemon(
    ...([
      'holder',
      [],
      'nsenter',
      `--net=/run/netns/${namespaces.node}`,
      'unshare',
      '--mount',
      '--propagation',
      'private',
    ] as const),
    ...['sh', '-c', 'mount -t tmpfs tmpfs /run/netns && mount --make-rshared / && exec sleep infinity'],
  );
  // `ip netns add` has made /run/netns a mount of this machine, too. Only the last program of the holder shows that its own
  // mounts are there: containerd would otherwise join the mounts of the machine, and no container would see a volume.
  await untilNode('the holder has its mounts', async () => programOf('holder') === 'sleep');
  makeCgroups();
  for (const name of ['cni', 'kubelet']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'containerd.toml'), containerdConfiguration());
  writeFileSync(join(folder, 'cni/10-bridge.conflist'), JSON.stringify(bridgeConfiguration()));
  startDaemon('containerd', inHolder(), 'containerd', '--config', join(folder, 'containerd.toml'));
  await untilNode('containerd answers', () => succeeds(inHolder(), ...ctr, 'version'), { log: 'containerd' });
  for (const image of images) await importImage(image);
}

/** The name of the program that a daemon's process runs now; undefined if it has ended. */
function programOf(daemon: string): string | undefined {
  try {
    return readFileSync(`/proc/${pidOf(daemon)}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Gives containerd an image. */
export async function importImage({ file }: Image): Promise<void> {
  await run(inHolder(), ...ctr, 'images', 'import', file);
}

/** Starts the kubelet, and waits until the node is Ready. */
export async function startKubelet(programs: NodePrograms): Promise<void> {
  writeFileSync(join(folder, 'kubelet.json'), JSON.stringify(kubeletConfiguration()));
  startDaemon(
    ...(['kubelet', inHolder(), programs.kubelet, `--config=${join(folder, 'kubelet.json')}`] as const),
    ...[
      `--kubeconfig=${files.kubeconfig('kubelet')}`,
      `--hostname-override=${nodeName}`,
      `--node-ip=${addresses.node}`,
    ],
    ...[`--root-dir=${join(folder, 'kubelet')}`, `--cert-dir=${join(folder, 'kubelet-pki')}`],
  );
  const ready = () =>
    isFulfilled(kubectl(programs, 'wait', '--for=condition=Ready', `node/${nodeName}`, '--timeout=1s'));
  await untilNode('the node is Ready', ready, { log: 'kubelet' });
}

/** Ends kubelet, containers and containerd, and removes what they left. Works on what a killed `up` left, too. */
export async function stopNodeAgent(): Promise<void> {
  await stopDaemon('kubelet');
  const holder = pidOf('holder');
  if (holder !== undefined && signal(holder, 0)) await removeContainers();
  for (const pid of pidsInCgroups()) signal(pid, 'SIGKILL');
  await stopDaemon('containerd');
  for (const pid of shims()) signal(pid, 'SIGKILL');
  await stopDaemon('holder');
  await sleep(200);
  removeCgroups();
}

async function removeContainers(): Promise<void> {
  const list = async (what: string) =>
    (await run(inHolder(), ...ctr, what, 'list', '-q').catch(() => '')).split('\n').filter(Boolean);
  for (const id of await list('tasks')) await succeeds(inHolder(), ...ctr, 'tasks', 'kill', '-s', 'KILL', id);
  for (const id of await list('containers')) {
    for (let tries = 0; tries < 10 && !(await succeeds(inHolder(), ...ctr, 'tasks', 'rm', '-f', id)); tries++)
      await sleep(50);
    await succeeds(inHolder(), ...ctr, 'containers', 'rm', id);
  }
}

/** Of version 1 a tree for each controller, of version 2 one tree. */
function trees(): string[] {
  if (existsSync(join(cgroups, 'cgroup.controllers'))) return [cgroups];
  return readdirSync(cgroups)
    .map((name) => join(cgroups, name))
    .filter((tree) => existsSync(join(tree, 'cgroup.procs')));
}

function makeCgroups(): void {
  for (const tree of trees()) mkdirSync(join(tree, cgroup), { recursive: true });
}

function pidsInCgroups(): number[] {
  const pids = trees()
    .flatMap((tree) => foldersIn(join(tree, cgroup)))
    .flatMap((each) => {
      try {
        return readFileSync(join(each, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
      } catch {
        return [];
      }
    });
  return [...new Set(pids)];
}

function removeCgroups(): void {
  for (const each of trees().flatMap((tree) => foldersIn(join(tree, cgroup)))) {
    try {
      rmdirSync(each);
    } catch {
      // A process that is about to end holds it; the next `down` finds it empty.
    }
  }
}

/** A folder and all below it, the deepest first. */
function foldersIn(root: string): string[] {
  if (!existsSync(root)) return [];
  const below = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...below.flatMap(({ name }) => foldersIn(join(root, name))), root];
}

function shims(): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return lines
    .filter((line) => line.includes('containerd-shim-runc-v2') && line.includes(files.containerd))
    .map((line) => Number.parseInt(line, 10));
}

/** Removes containerd's files, which may be mounted still. */
export async function removeNodeFiles(): Promise<void> {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  for (const mount of mounts.filter((each) => each.startsWith(`${folder}/`)).reverse())
    await succeeds([], 'umount', '-l', mount);
  rmSync(folder, { recursive: true, force: true });
}

function containerdConfiguration(): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = "${join(folder, 'containerd')}"
state = "${join(folder, 'containerd-state')}"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs"]
[grpc]
address = "${files.containerd}"
[${cri}]
sandbox_image = "${pauseImage}"
disable_apparmor = true
# A sandbox may not give a process a lower score.
restrict_oom_score_adj = true
tolerate_missing_hugetlb_controller = true
[${cri}.cni]
bin_dir = "/usr/lib/cni"
conf_dir = "${join(folder, 'cni')}"
[${cri}.containerd]
snapshotter = "overlayfs"
default_runtime_name = "runc"
[${cri}.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[${cri}.containerd.runtimes.runc.options]
SystemdCgroup = false
`;
}

function bridgeConfiguration(): object {
  const subnet = networks.pods;
  const prefix = subnet.split('.').slice(0, 3).join('.');
  const ranges = [[{ subnet, rangeStart: `${prefix}.10`, gateway: `${prefix}.1` }]];
  const ipam = { type: 'host-local', dataDir: join(folder, 'cni-addresses'), ranges, routes: [{ dst: '0.0.0.0/0' }] };
  const bridge = { type: 'bridge', bridge: 'cbr0', isGateway: true, hairpinMode: true, ipMasq: false, ipam };
  return { cniVersion: '1.0.0', name: 'skyports', plugins: [bridge] };
}

function kubeletConfiguration(): object {
  return {
    ...{ apiVersion: 'kubelet.config.k8s.io/v1beta1', kind: 'KubeletConfiguration' },
    ...{ failCgroupV1: false, cgroupDriver: 'cgroupfs', cgroupRoot: `/${cgroup}` },
    containerRuntimeEndpoint: `unix://${files.containerd}`,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: files.secret('ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    ...{ failSwapOn: false, oomScoreAdj: 0, enforceNodeAllocatable: [], localStorageCapacityIsolation: false },
    evictionHard: {
      'memory.available': '1Mi',
      'nodefs.available': '0%',
      'nodefs.inodesFree': '0%',
      'imagefs.available': '0%',
    },
    ...{ imageGCHighThresholdPercent: 100, clusterDomain: 'cluster.local', podLogsDir: join(folder, 'pod-logs') },
  };
}
