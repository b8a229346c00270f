import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { kubeconfig, kubectlAsks, makeScene, refusesLikeKubectl, weAsk } from './beside-kubectl.ts';

test('an explicit file that is not there', refusesLikeKubectl, (scene) => ({
  flags: { kubeconfig: join(scene.folder, 'nowhere') },
}));

test('a folder for a file', refusesLikeKubectl, (scene) => {
  mkdirSync(join(scene.folder, 'folder'));
  return { env: { KUBECONFIG: join(scene.folder, 'folder') } };
});

test('two clusters of one name in one file are refused, as kubectl refuses them', async (t) => {
  const scene = await makeScene(t);
  const config = kubeconfig(scene) as { clusters: object[] };
  const file = scene.file('config', { ...config, clusters: [...config.clusters, ...config.clusters] });
  const scenario = { flags: { kubeconfig: file } };
  t.is((await weAsk(scene, scenario)).error, `error loading config file "${file}": duplicate name "main" in clusters`);
  t.regex((await kubectlAsks(scene, scenario)).error, /duplicate name "main" in list/);
});

test('a current-context that is not there', refusesLikeKubectl, (scene) => ({
  flags: { kubeconfig: scene.file('config', { ...kubeconfig(scene), 'current-context': 'lost' }) },
}));

test('--context, --cluster and --user that are not there: context', refusesLikeKubectl, (scene) => ({
  flags: { kubeconfig: scene.file('config', kubeconfig(scene)), context: 'lost' },
}));

test('--context, --cluster and --user that are not there: cluster', refusesLikeKubectl, (scene) => ({
  flags: { kubeconfig: scene.file('config', kubeconfig(scene)), cluster: 'lost' },
}));

test('--context, --cluster and --user that are not there: user', refusesLikeKubectl, (scene) => ({
  flags: { kubeconfig: scene.file('config', kubeconfig(scene)), user: 'lost' },
}));

test('a malformed kubeconfig is named with its line', async (t) => {
  const scene = await makeScene(t);
  const file = scene.file('config', 'apiVersion: v1\nclusters:\n- name: [x\nusers: []\n');
  const { error } = await weAsk(scene, { flags: { kubeconfig: file } });
  t.true(error.startsWith(`error loading config file "${file}": yaml: line 4: `), error);
});

for (const [what, content, where] of [
  ['a list', '[]', 'the file must be a mapping, not a list'],
  ['a text', 'hello', 'the file must be a mapping, not a string'],
  ['clusters as a mapping', '{"clusters": {}}', 'clusters must be a list, not a mapping'],
  [
    'a number for a token',
    '{"users": [{"name": "u", "user": {"token": 12}}]}',
    'users[0].user.token must be a string (put it in quotes), not a number',
  ],
  [
    'a text for a flag',
    '{"clusters": [{"name": "c", "cluster": {"insecure-skip-tls-verify": "true"}}]}',
    'clusters[0].cluster.insecure-skip-tls-verify must be true or false, not a string',
  ],
  [
    'a text for groups',
    '{"users": [{"name": "u", "user": {"as-groups": "g"}}]}',
    'users[0].user.as-groups must be a list of strings, not a string',
  ],
  [
    'no base64',
    '{"users": [{"name": "u", "user": {"client-key-data": "%"}}]}',
    'users[0].user.client-key-data must be base64, not a string',
  ],
] as const) {
  test(`${what} is refused with the field's name, as kubectl refuses it`, async (t) => {
    const scene = await makeScene(t);
    const file = scene.file('config', content);
    const { error } = await weAsk(scene, { flags: { kubeconfig: file } });
    t.is(error, `error loading config file "${file}": ${where}`);
    t.regex(
      (await kubectlAsks(scene, { flags: { kubeconfig: file } })).error,
      /error loading config file|couldn't get version/,
    );
  });
}
