import { stopControlPlane } from './control-plane.ts';
import { removeNetwork } from './network.ts';
import { removeNodeFiles, stopNodeAgent } from './node-agent.ts';

/** Removes the node without a trace: processes, mounts, cgroups, namespaces, files. Also what a killed `up` has left. */
export async function down(): Promise<void> {
  await stopNodeAgent();
  await stopControlPlane();
  await removeNetwork();
  await removeNodeFiles();
}
