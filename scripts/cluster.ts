// npm run -s cluster: starts the same cluster as the tests, and keeps it until Ctrl-C.
// Only the `export` line goes to stdout.
import { findPrograms } from '../test/cluster/binaries.ts';
import { Interruption } from '../test/cluster/interruption.ts';
import { startCluster } from '../test/cluster/start.ts';

const say = (text: string) => process.stderr.write(`${text}\n`);

new Interruption();
try {
  const cluster = await startCluster(await findPrograms());
  const { server, kubectl, temporaryFolder, adminKubeconfig } = cluster.description;
  say(`Kubernetes runs at ${server}; its log and audit log are in ${temporaryFolder}.`);
  say(`kubectl of the same version: ${kubectl}`);
  say('In another terminal:');
  process.stdout.write(`export KUBECONFIG=${adminKubeconfig}\n`);
  say('It runs until you press Ctrl-C; then nothing of it is left.');
  const problem = await cluster.failed;
  await cluster.stop();
  throw new Error(`The cluster broke: ${problem}`);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
