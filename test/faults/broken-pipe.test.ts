import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';
import { admin, cluster } from '../helpers/cluster.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { makeIngressNginx, withSkyCluster } from '../helpers/world.ts';

const services = async (namespace: string) =>
  (await admin('GET', `/api/v1/namespaces/${namespace}/services`)).items.map(
    ({ metadata }: never) => (metadata as { name: string }).name,
  );

/** Runs the executable with its output going into a pipe that nothing reads. @returns its exit code */
async function intoClosedPipe(command: string): Promise<number> {
  const { SKYPORTS_EXECUTABLE: EXE, PATH } = process.env;
  const env = {
    PATH,
    EXE,
    KUBECONFIG: cluster().adminKubeconfig,
    SKYPORTS_PROBE: 'false',
    HOME: cluster().temporaryFolder,
  };
  const { stdout } = await promisify(execFile)('bash', ['-c', `{ { ${command}; echo $? >&3; } | true; } 3>&1`], {
    env,
  } as object);
  return Number(stdout);
}

test('unexpose into a closed pipe removes all it has said, or reports that it did not', async (t) => {
  const [{ namespace }] = await Promise.all([withSkyCluster('train'), makeIngressNginx()]);
  const opened = await skyports([
    'expose',
    'train',
    '8881',
    '8882',
    '8883',
    '8884',
    '--mode',
    'ingress',
    '--wait=0',
    '-n',
    namespace,
  ]);
  t.is(opened.code, 0, opened.stderr);
  const code = await intoClosedPipe(`$EXE unexpose train -y -n ${namespace}`);
  t.deepEqual({ code, left: await services(namespace) }, { code: 0, left: [] });
});

test('expose into a closed pipe leaves no Service without its Ingress', async (t) => {
  const [{ namespace }] = await Promise.all([withSkyCluster('train'), makeIngressNginx()]);
  await intoClosedPipe(`$EXE expose train 8881 8882 --mode ingress --wait=0 -n ${namespace} 2>&1`);
  const ingresses = (await admin('GET', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`)).items;
  t.is((await services(namespace)).length > 0, ingresses.length > 0);
});
