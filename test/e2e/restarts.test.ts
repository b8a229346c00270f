import type { ChildProcess } from 'node:child_process';
import test from 'ava';
import { launchApiServer, untilReady } from '../node/control-plane.ts';
import { stopDaemon } from '../node/processes.ts';
import { nodePrograms } from '../node/programs.ts';
import { isOurNode, pasted, shellProcess } from './machine.ts';
import { appPort, skyCluster } from './sky-cluster.ts';

if (isOurNode) {
  test('--wait and --watch go on through a restart of the API server and of the controllers', async (t) => {
    const { namespace } = await skyCluster(t);
    const programs = await nodePrograms(() => {});
    const watching = shellProcess(`kubectl skyports endpoints -n ${namespace} --watch`);
    const ended = (child: ChildProcess) => new Promise<number | null>((done) => child.once('exit', done));
    t.teardown(() => watching.kill());
    let seen = '';
    watching.stdout!.setEncoding('utf8').on('data', (text: string) => {
      seen += text;
    });
    // MetalLB is away, so there is nothing to be Ready yet.
    await pasted('kubectl scale deployment/controller -n metallb-system --replicas=0');
    t.teardown(() => pasted('kubectl scale deployment/controller -n metallb-system --replicas=1'));
    await pasted('kubectl wait --for=delete pod -n metallb-system -l component=controller --timeout=30s');
    const waiting = shellProcess(
      `kubectl skyports expose train ${appPort} -n ${namespace} --mode loadbalancer --wait=2m -o url`,
    );
    let url = '';
    waiting.stdout!.setEncoding('utf8').on('data', (text: string) => {
      url += text;
    });
    const waited = ended(waiting);
    while (!/Pending/.test(seen)) await new Promise((next) => setTimeout(next, 100));

    await stopDaemon('kube-apiserver');
    launchApiServer(programs);
    await untilReady(programs);
    await pasted('kubectl scale deployment/controller -n metallb-system --replicas=1');
    await pasted('kubectl rollout restart deployment/ingress-nginx-controller -n ingress-nginx');

    t.is(await waited, 0);
    t.regex(url, /^http:\/\/172\.30\.0\.\d+:8888\n$/);
    for (let tries = 0; tries < 100 && !/Ready/.test(seen); tries++) await new Promise((next) => setTimeout(next, 100));
    t.regex(seen, /Pending[\s\S]*Ready/);
    t.is(watching.exitCode, null, 'it goes on');
    await pasted('kubectl rollout status deployment/ingress-nginx-controller -n ingress-nginx --timeout=60s');
  });
}
