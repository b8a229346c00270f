import { rmSync } from 'node:fs';
import test from 'ava';
import { connect } from '../../src/kubernetes/api/connect.ts';
import { asksLikeKubectl, kubeconfig, makeScene, refusesLikeKubectl } from './beside-kubectl.ts';
import { systemForTest } from './system-for-test.ts';

test(
  'a tokenFile is trimmed',
  asksLikeKubectl,
  (scene) => {
    scene.file('token', ' of-file \n\n');
    return { flags: { kubeconfig: scene.file('config', kubeconfig(scene, { user: { tokenFile: 'token' } })) } };
  },
  { authorization: 'Bearer of-file' },
);

test(
  'an empty tokenFile beside a token',
  asksLikeKubectl,
  (scene) => {
    scene.file('token', '\n');
    return {
      flags: { kubeconfig: scene.file('config', kubeconfig(scene, { user: { token: 'spare', tokenFile: 'token' } })) },
    };
  },
  { authorization: 'Bearer spare' },
);

test('a tokenFile that is not there', refusesLikeKubectl, (scene) => ({
  flags: { kubeconfig: scene.file('config', kubeconfig(scene, { user: { tokenFile: 'lost' } })) },
}));

test('a tokenFile is read again when it changes, and the last token is not kept', async (t) => {
  const scene = await makeScene(t);
  const file = scene.file('token', 'first');
  const config = scene.file('config', kubeconfig(scene, { user: { tokenFile: file } }));
  const { api, close } = await connect({ kubeconfig: config }, systemForTest({ cwd: scene.folder }));
  await api.list('/api/v1/pods');
  scene.file('token', 'second');
  await api.list('/api/v1/pods');
  rmSync(file);
  await t.throwsAsync(api.list('/api/v1/pods'), {
    message: `open ${file}: no such file or directory (tokenFile of user "main" of context "main" of ${config})`,
  });
  close();
  t.deepEqual(
    scene.a.asked.map(({ authorization }) => authorization),
    ['Bearer first', 'Bearer second'],
  );
});
