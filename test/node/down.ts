import { stopControlPlane } from './control-plane.ts';
import { removeNetwork } from './network.ts';
import { removeNodeFiles, stopNodeAgent } from './node-agent.ts';
import { killStrays } from './processes.ts';

/** Removes the node without a trace: processes, mounts, cgroups, namespaces, files. Also what a killed `up` has left. */
export async function down(): Promise<void> {
  // First: a kubelet would start again what is ended after it.
  killStrays();
  await stopNodeAgent();
  await stopControlPlane();
  await removeNetwork();
  await removeNodeFiles();
}
