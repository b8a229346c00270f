import { join } from 'node:path';
import test from 'ava';
import { connect } from '../../src/kubernetes/api/connect.ts';
import { asksLikeKubectl, kubeconfig, makeScene } from './beside-kubectl.ts';
import { systemForTest } from './system-for-test.ts';

test(
  '~/.kube/config is read when nothing else is said',
  asksLikeKubectl,
  (scene) => {
    scene.file('.kube/config', kubeconfig(scene));
    return {};
  },
  { server: 'a', authorization: 'Bearer token-of-main', path: '/api/v1/namespaces/default/pods' },
);

test(
  'KUBECONFIG comes before ~/.kube/config',
  asksLikeKubectl,
  (scene) => {
    scene.file('.kube/config', kubeconfig(scene));
    return { env: { KUBECONFIG: scene.file('b', kubeconfig(scene, { cluster: { server: scene.b.url } })) } };
  },
  { server: 'b' },
);

test(
  '--kubeconfig comes before KUBECONFIG',
  asksLikeKubectl,
  (scene) => ({
    env: { KUBECONFIG: scene.file('a', kubeconfig(scene)) },
    flags: { kubeconfig: scene.file('b', kubeconfig(scene, { cluster: { server: scene.b.url } })) },
  }),
  { server: 'b' },
);

test('missing and empty entries of a KUBECONFIG list are skipped', asksLikeKubectl, (scene) => ({
  env: { KUBECONFIG: `:${join(scene.folder, 'nowhere')}::${scene.file('a', kubeconfig(scene))}:` },
}));

test('an empty file in a KUBECONFIG list says nothing', asksLikeKubectl, (scene) => ({
  env: {
    KUBECONFIG: `${scene.file('empty', '')}:${scene.file('blank', '# none\n\n')}:${scene.file('a', kubeconfig(scene))}`,
  },
}));

test(
  'of two entries with one name the first file has all of it',
  asksLikeKubectl,
  (scene) => {
    const first = kubeconfig(scene, { user: { token: 'first' } });
    const second = kubeconfig(scene, {
      cluster: { server: scene.b.url, 'tls-server-name': 'other.example' },
      user: { token: 'second', as: 'jane' },
      context: { namespace: 'second' },
    });
    return { env: { KUBECONFIG: `${scene.file('first', first)}:${scene.file('second', second)}` } };
  },
  { server: 'a', authorization: 'Bearer first', impersonate: {}, path: '/api/v1/namespaces/default/pods' },
);

test(
  'the first file that has a current-context sets it',
  asksLikeKubectl,
  (scene) => {
    const one = { ...kubeconfig(scene, { name: 'one' }), 'current-context': '' };
    const two = kubeconfig(scene, { name: 'two', cluster: { server: scene.b.url } });
    const three = kubeconfig(scene, { name: 'three' });
    return { env: { KUBECONFIG: `${scene.file('1', one)}:${scene.file('2', two)}:${scene.file('3', three)}` } };
  },
  { server: 'b', authorization: 'Bearer token-of-two' },
);

test('a context of one file may name a cluster and a user of others', asksLikeKubectl, (scene) => {
  const { clusters, users, contexts } = kubeconfig(scene) as Record<string, object>;
  const files = [{ contexts, 'current-context': 'main' }, { clusters }, { users }];
  return { env: { KUBECONFIG: files.map((content, index) => scene.file(`part-${index}`, content)).join(':') } };
});

test('a relative --kubeconfig is relative to where we are', asksLikeKubectl, (scene) => {
  scene.file('here/config', kubeconfig(scene));
  return { cwd: 'here', flags: { kubeconfig: 'config' } };
});

test(
  'paths of certificates, keys and tokens are relative to their file',
  asksLikeKubectl,
  (scene) => {
    scene.file('elsewhere/nothing', '');
    scene.file(
      'config',
      kubeconfig(scene, {
        cluster: { 'certificate-authority': 'authority.crt' },
        user: { 'client-certificate': 'client.crt', 'client-key': './client.key', tokenFile: '../token' },
      }),
    );
    scene.file(
      'deep/config',
      kubeconfig(scene, {
        cluster: { 'certificate-authority': '../authority.crt' },
        user: { 'client-certificate': '../client.crt', 'client-key': '../client.key', tokenFile: 'token' },
      }),
    );
    scene.file('deep/token', 'token-of-file\n');
    return { cwd: 'elsewhere', flags: { kubeconfig: '../deep/config' } };
  },
  { certificate: 'client-by-certificate', authorization: 'Bearer token-of-file' },
);

test(
  'YAML with anchors, merge keys, comments and block text is read',
  asksLikeKubectl,
  (scene) => ({
    flags: {
      kubeconfig: scene.file(
        'config',
        `# by hand
apiVersion: v1
kind: Config
current-context: "main"
clusters:
- name: main
  cluster:
    insecure-skip-tls-verify: yes
    server: >-
      ${scene.a.url}
contexts:
- &main
  name: other
  context: &context {cluster: main, user: main}
- name: main
  context: {<<: *context, namespace: by-merge}
users:
- name: main
  user: {token: 'token-of-yaml'}   # secret
unknown-field: [1, 2]
`,
      ),
    },
  }),
  { path: '/api/v1/namespaces/by-merge/pods' },
);

test('a key given twice counts as it stands last', asksLikeKubectl, (scene) => {
  const text = JSON.stringify(kubeconfig(scene)).replace('"token":', '"token":"first","token":');
  return { flags: { kubeconfig: scene.file('config', text) } };
});

test('all contexts can be listed, and another one be asked without the flags of this one', async (t) => {
  const scene = await makeScene(t);
  const one = kubeconfig(scene, { name: 'one' });
  const two = kubeconfig(scene, { name: 'two', cluster: { server: scene.b.url }, context: { namespace: 'n2' } });
  const env = { KUBECONFIG: `${scene.file('1', one)}:${scene.file('2', two)}` };
  const connection = await connect(
    { token: 'secret', as: 'jane', namespace: 'x' },
    systemForTest({ cwd: scene.folder, env }),
  );
  t.deepEqual(connection.allContexts, [
    { name: 'one', namespace: undefined, cluster: 'one', user: 'one' },
    { name: 'two', namespace: 'n2', cluster: 'two', user: 'two' },
  ]);
  t.like(connection, { contextName: 'one', namespace: 'x', server: scene.a.url });
  const other = connection.withContext('two');
  t.like(other, { contextName: 'two', namespace: 'n2', server: scene.b.url });
  await other.api.list('/api/v1/pods');
  t.like(scene.b.asked[0], { authorization: 'Bearer token-of-two', impersonate: {} });
  t.throws(() => connection.withContext('three'), {
    message: /^context was not found for specified context: three \(the kubeconfig has one, two\)$/,
  });
});
