import test from 'ava';
import { skyports } from '../helpers/run-skyports.ts';
import { skyIngress, skyPortService } from '../helpers/skypilot-objects.ts';
import { controllerAddress, make, makeIngressNginx, powerfulUser, withSkyCluster } from '../helpers/world.ts';

test('--app opens the port as the app needs it, and says how to start the app', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  await makeIngressNginx();
  const user = await powerfulUser(namespace);
  const args = ['expose', 'train', '8888', '--mode', 'ingress', '--app', 'jupyter'];
  const prefix = `/skyports/${namespace}/${nameOnCloud}/8888`;
  const start = `start JupyterLab with:\n    jupyter lab --ip=0.0.0.0 --port=8888 --no-browser --ServerApp.base_url=${prefix}/\n`;
  const dry = await skyports([...args, '--dry-run=client', '-o', 'yaml'], user);
  t.is(dry.code, 0, dry.stderr);
  t.true(dry.stderr.includes(start), dry.stderr);
  const { code, stdout, stderr } = await skyports([...args, '--wait=0', '-o', 'url'], user);
  t.is(code, 0, stderr);
  t.is(stdout, `http://${controllerAddress}${prefix}\n`);
  t.true(stderr.includes(start), stderr);
});

test("--app opens a port beside SkyPilot's own Ingress, which always removes the prefix", async (t) => {
  const names = await withSkyCluster();
  await makeIngressNginx();
  await make(skyPortService(names, 8888), skyIngress(names, [8888]));
  const user = await powerfulUser(names.namespace);
  const args = ['expose', 'train', '8888', '--mode', 'ingress', '--wait=0', '-o', 'name'];
  t.regex((await skyports(args, user)).stderr, /open already, through SkyPilot's Ingress/);
  const { code, stderr } = await skyports([...args, '--app', 'jupyter'], user);
  t.is(code, 0, stderr);
  t.regex(
    stderr,
    /^port 8888 is open already, through SkyPilot's Ingress .*, which has no settings for JupyterLab: it gets/,
  );
  t.regex(stderr, /ingress\.networking\.k8s\.io\/.*--skyports-ingress created|--skyports-ingress created/);
});

test('a wrong --app changes nothing', async (t) => {
  const { namespace } = await withSkyCluster();
  const user = await powerfulUser(namespace);
  const wrong = await skyports(['expose', 'train', '8888', '--mode', 'ingress', '--app', 'jupiter'], user);
  t.is(wrong.code, 2);
  t.regex(wrong.stderr, /did you mean "jupyter"\?/);
  const several = await skyports(['expose', 'train', '8888', '6006', '--mode', 'ingress', '--app', 'jupyter'], user);
  t.is(several.code, 2);
  t.regex(several.stderr, /--app names the app on one port, and several ports are named/);
});

test('with --host, the start command has the host also if no address is known, as in a dry run', async (t) => {
  const { namespace } = await withSkyCluster();
  await makeIngressNginx();
  const user = await powerfulUser(namespace);
  const args = ['expose', 'train', '5000', '--mode', 'ingress', '--app', 'mlflow', '--host', 'mlflow.example.com'];
  const { code, stderr } = await skyports([...args, '--dry-run=client'], user);
  t.is(code, 0, stderr);
  t.regex(stderr, /--allowed-hosts=mlflow\.example\.com/);
});

test('without --app, the usual port of an app that has to know its path is named once', async (t) => {
  const { namespace } = await withSkyCluster();
  await makeIngressNginx();
  const user = await powerfulUser(namespace);
  const hinted = async (...args: string[]) => {
    const { code, stderr } = await skyports(['expose', 'train', ...args, '--wait=0'], user);
    t.is(code, 0, stderr);
    return /^.* is the usual port of .*$/m.exec(stderr)?.[0];
  };
  const hint = '8888 is the usual port of JupyterLab: if it runs there, add --app jupyter';
  t.is(await hinted('8888', '--mode', 'ingress', '--dry-run=client'), hint);
  t.is(await hinted('8888', '--mode', 'ingress'), hint);
  t.is(await hinted('8888', '--mode', 'ingress'), undefined, 'nothing changes');
  t.is(await hinted('6006', '--mode', 'ingress'), undefined, 'TensorBoard needs nothing');
  t.is(await hinted('8889:8888', '--mode', 'loadbalancer'), undefined);
});
