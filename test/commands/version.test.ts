import test from 'ava';
import { skyports } from '../helpers/run-skyports.ts';

test('the plugin, its Node and the API server', async (t) => {
  const { code, stdout, stderr } = await skyports(['version']);
  t.deepEqual([code, stderr], [0, '']);
  t.regex(stdout, /^Plugin Version: v\d+\.\d+\.\d+\nNode Version: v26\.\d+\.\d+\nServer Version: v1\.\d+\.\d+\n$/);
});

test('--client asks nobody; a server that is not there costs a warning', async (t) => {
  const alone = await skyports(['version', '--client'], { kubeconfig: '' });
  t.deepEqual([alone.code, alone.stderr], [0, '']);
  t.notRegex(alone.stdout, /Server/);
  const dead = await skyports(['version', '--server', 'https://127.0.0.1:1']);
  t.deepEqual([dead.code, dead.stdout], [0, alone.stdout]);
  t.regex(
    dead.stderr,
    /^warning: the API server's version is unknown: .*127\.0\.0\.1:1.*\nadd --client to leave it out\n$/,
  );
});

test('-o json and yaml', async (t) => {
  const { stdout } = await skyports(['version', '-o', 'json']);
  const { apiVersion, kind, plugin, node, server } = JSON.parse(stdout);
  t.deepEqual([apiVersion, kind, plugin.commit], ['skyports/v1alpha1', 'Version', null]);
  t.is(node.version, process.version);
  t.regex(server.gitVersion, /^v1\./);
  const yaml = await skyports(['version', '--client', '-o', 'yaml']);
  t.regex(yaml.stdout, /^apiVersion: skyports\/v1alpha1\nkind: Version\nplugin:\n {2}version: v.*\nserver: null\n$/s);
});

for (const [args, says] of [
  [['version', 'now'], /version takes no argument "now"/],
  [['version', '-o', 'table'], /unknown output format "table"\n-o takes one of json, yaml/],
] as const) {
  test(`${args.join(' ')} is refused`, async (t) => {
    const { code, stderr } = await skyports(args, { kubeconfig: '' });
    t.is(code, 2);
    t.regex(stderr, says);
  });
}
