import { createServer } from 'node:net';
import test from 'ava';
import { newNamespace } from '../helpers/cluster.ts';
import { deadServerKubeconfig } from '../helpers/dead-server.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { skyLoadBalancer } from '../helpers/skypilot-objects.ts';
import { make, powerfulUser, withSkyCluster } from '../helpers/world.ts';

/** A busy machine may need longer than the usual 2 seconds. */
const patient = '--request-timeout=10m';
const firstLineOfHelp = /^See the ports of SkyPilot clusters/;

test('without a command, it lists the ports as endpoints does', async (t) => {
  const names = await withSkyCluster('train');
  await make(skyLoadBalancer(names, [8888]));
  const { kubeconfig } = await powerfulUser(names.namespace);
  const withoutAge = (text: string) => text.replace(/\d+s$/gm, 'AGE');
  const bare = await skyports([patient], { kubeconfig });
  const listed = await skyports(['endpoints'], { kubeconfig });
  t.is(bare.code, 0);
  t.is(withoutAge(bare.stdout), withoutAge(listed.stdout));
  t.regex(bare.stdout, /^SKYCLUSTER .*\ntrain +8888 /);
  t.regex((await skyports([patient, '-n', names.namespace])).stdout, /\ntrain +8888 /, 'with flags of the connection');
  t.regex((await skyports([patient, '-A'])).stdout, new RegExp(`\n${names.namespace} +train +8888 `));
});

test('without a command and without an open port, it prints its help alone', async (t) => {
  const namespace = await newNamespace();
  const { code, stdout, stderr } = await skyports([patient, '-n', namespace]);
  t.is(code, 0);
  t.regex(stdout, firstLineOfHelp);
  t.is(stderr, '');
});

test('without a command and without an answer, it prints its help, and one line why', async (t) => {
  const { code, stdout, stderr } = await skyports([patient], { kubeconfig: deadServerKubeconfig() });
  t.is(code, 0);
  t.regex(stdout, firstLineOfHelp);
  t.regex(stderr, /^no port is listed: [^\n]*127\.0\.0\.1:1[^\n]*\n$/);
});

test('without a command, a server that never answers is given up', async (t) => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  t.teardown(() => silent.close());
  const { port } = silent.address() as { port: number };
  const { code, stdout, stderr } = await skyports(['--server', `http://127.0.0.1:${port}`], { kubeconfig: '' });
  t.is(code, 0);
  t.regex(stdout, firstLineOfHelp);
  t.is(stderr, 'no port is listed: the API server did not answer within 2 seconds\n');
});
