import { mkdirSync, writeFileSync } from 'node:fs';
import { startApiServer, startControllers, startProxy } from './control-plane.ts';
import { makeCredentials } from './credentials.ts';
import { down } from './down.ts';
import { packImages } from './images.ts';
import { installIngressNginx } from './ingress-nginx.ts';
import { folder, isUp, readyFile } from './layout.ts';
import { installMetalLb } from './metallb.ts';
import { makeNetwork } from './network.ts';
import { startContainerd, startKubelet } from './node-agent.ts';
import { nodePrograms } from './programs.ts';
import { installRequirements, whyNoNode } from './requirements.ts';

/**
 * Makes the node: from the cache in less than a minute. What an earlier `up` that was killed has left is removed first;
 * when a node is up, nothing is done.
 *
 * @throws Error that says why this machine cannot have one, or which part did not come up
 */
export async function up(say: (what: string) => void): Promise<void> {
  const obstacle = whyNoNode();
  if (obstacle !== undefined) throw new Error(`There can be no node on this machine: ${obstacle}.`);
  if (isUp()) return say('it is up already');
  installRequirements();
  const programs = await nodePrograms(say);
  const images = await packImages(programs);
  await down();
  const started = performance.now();
  const step = (what: string) => say(`${((performance.now() - started) / 1000).toFixed(1)} s: ${what}`);
  try {
    mkdirSync(folder, { recursive: true });
    makeCredentials();
    await makeNetwork();
    await Promise.all([
      startApiServer(programs)
        .then(() => startControllers(programs))
        .then(() => step('the control plane works')),
      startContainerd(images).then(() => step('containerd has its images')),
    ]);
    await startKubelet(programs);
    await startProxy(programs);
    step('the node is Ready');
    await Promise.all([
      installMetalLb(programs).then(() => step('MetalLB works')),
      installIngressNginx(programs).then(() => step('ingress-nginx works')),
    ]);
    writeFileSync(readyFile, '');
  } catch (error) {
    throw new Error(
      `${(error as Error).message}\nThe logs are in ${folder}/log; npm run node -- down removes all of it.`,
    );
  }
}
