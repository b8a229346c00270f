import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Programs } from './binaries.ts';
import type { ClusterDescription } from './cluster-description.ts';
import { type ClusterFiles, writeClusterFiles } from './cluster-files.ts';
import { freePorts } from './free-ports.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { lastWords, type ServerProcess, startServer } from './processes.ts';
import { untilReady } from './readiness.ts';
import { apiserverArguments, controllerManagerArguments, etcdArguments, type Ports } from './server-arguments.ts';
import { createTemporaryFolder, removeAbandonedFolders, type TemporaryFolder } from './temporary-folder.ts';
import type { programsWithoutControllers } from './versions.ts';

/** A cluster that runs until `stop` is called or this process ends. */
export interface RunningCluster {
  readonly description: ClusterDescription;
  /** The file that holds `description` as JSON. */
  readonly descriptionFile: string;
  /** Resolves, with a sentence that says which, when one of its programs ends although nobody stopped it. */
  readonly failed: Promise<string>;
  /** Ends its programs and removes its folder. */
  stop(): Promise<void>;
}

const attempts = 5;
/** Only ends a start that will never succeed: a slow machine needs minutes. */
const readyWithinMs = 600_000;

/** The programs to start: without kube-controller-manager, nothing makes EndpointSlices or collects garbage. */
export type ClusterPrograms = Programs<(typeof programsWithoutControllers)[number]> & Partial<Programs>;

/**
 * Starts etcd, kube-apiserver and kube-controller-manager, and resolves when the API server is ready.
 * Removes first what runs that were killed have left. Throws with the last words of the program that failed.
 */
export async function startCluster(programs: ClusterPrograms): Promise<RunningCluster> {
  await removeAbandonedFolders();
  const folder = createTemporaryFolder();
  try {
    const files = writeClusterFiles(folder.path);
    for (let attempt = 1; ; attempt++) {
      const { servers, description, problem } = await launch(programs, files);
      if (problem === undefined) return running(servers, description, folder);
      await killAll(servers);
      const portWasTaken = servers.some((server) =>
        /address already in use/i.test(readFileSync(server.logFile, 'utf8')),
      );
      if (!portWasTaken || attempt === attempts) throw new Error(`The test cluster did not start: ${problem}`);
    }
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

interface Launched {
  readonly servers: readonly ServerProcess[];
  readonly description: ClusterDescription;
  /** Why the API server will not be ready. */
  readonly problem: string | undefined;
}

async function launch(programs: ClusterPrograms, files: ClusterFiles): Promise<Launched> {
  const ports = await choosePorts();
  const folder = files.folder;
  const description = describe(ports, files, programs);
  const { server, certificateAuthority } = description;
  const controllerManagerKubeconfig = join(folder, 'controller-manager.kubeconfig');
  writeKubeconfig(description.adminKubeconfig, {
    server,
    certificateAuthority,
    token: files.adminToken,
    context: 'skyports-test',
  });
  writeKubeconfig(controllerManagerKubeconfig, {
    server,
    certificateAuthority,
    token: files.controllerManagerToken,
    context: 'controllers',
  });

  const etcdData = join(folder, `etcd-${ports.etcd}`);
  const etcd = startServer('etcd', programs.etcd, etcdArguments(ports, etcdData), folder);
  const apiserver = startServer('kube-apiserver', programs['kube-apiserver'], apiserverArguments(ports, files), folder);
  const problem = await readyOrProblem([etcd, apiserver], { server, certificateAuthority, token: files.adminToken });
  if (problem !== undefined) return { servers: [etcd, apiserver], description, problem };

  const controllers = programs['kube-controller-manager'];
  if (controllers === undefined) return { servers: [etcd, apiserver], description, problem };
  const controllerManager = startServer(
    'kube-controller-manager',
    controllers,
    controllerManagerArguments(ports, controllerManagerKubeconfig, folder),
    folder,
  );
  return { servers: [etcd, apiserver, controllerManager], description, problem };
}

async function readyOrProblem(
  servers: readonly ServerProcess[],
  question: { server: string; certificateAuthority: string; token: string },
): Promise<string | undefined> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), readyWithinMs);
  const ready = untilReady(question, stop.signal).then(() =>
    stop.signal.aborted ? `kube-apiserver was not ready within ${readyWithinMs / 1000} s` : undefined,
  );
  const problem = await Promise.race([ready, firstEnd(servers)]);
  clearTimeout(timer);
  stop.abort();
  return problem;
}

function running(
  servers: readonly ServerProcess[],
  description: ClusterDescription,
  folder: TemporaryFolder,
): RunningCluster {
  const descriptionFile = join(description.temporaryFolder, 'cluster.json');
  writeFileSync(descriptionFile, `${JSON.stringify(description, undefined, 2)}\n`, { mode: 0o600 });
  let stopping = false;
  const failed = new Promise<string>((resolve) => {
    firstEnd(servers).then((problem) => {
      if (!stopping) resolve(problem);
    });
  });
  const stop = async () => {
    stopping = true;
    await killAll(servers);
    await folder.remove();
  };
  return { description, descriptionFile, failed, stop };
}

function firstEnd(servers: readonly ServerProcess[]): Promise<string> {
  return Promise.race(
    servers.map(async (server) => `${server.name} ended ${await server.ended}; it said:\n${lastWords(server)}`),
  );
}

async function killAll(servers: readonly ServerProcess[]): Promise<void> {
  await Promise.all(servers.map((server) => server.kill()));
}

async function choosePorts(): Promise<Ports> {
  const [etcd = 0, etcdPeers = 0, apiserver = 0, controllerManager = 0] = await freePorts(4);
  return { etcd, etcdPeers, apiserver, controllerManager };
}

function describe(ports: Ports, files: ClusterFiles, programs: ClusterPrograms): ClusterDescription {
  return {
    server: `https://127.0.0.1:${ports.apiserver}`,
    certificateAuthority: files.authorityCertificate,
    certificateAuthorityKey: files.authorityKey,
    adminKubeconfig: join(files.folder, 'admin.kubeconfig'),
    adminToken: files.adminToken,
    auditLog: files.auditLog,
    kubectl: programs.kubectl,
    temporaryFolder: files.folder,
  };
}
