import { join } from 'node:path';
import test from 'ava';
import { createAuthority } from '../cluster/certificates.ts';
import { asksLikeKubectl, type CheckContext, kubectlAsks, makeScene, twoContexts, weAsk } from './beside-kubectl.ts';

const withCertificate = (scene: CheckContext) => ({
  'client-certificate': join(scene.folder, 'client.crt'),
  'client-key': join(scene.folder, 'client.key'),
});

test('--context', asksLikeKubectl, (scene) => ({ env: twoContexts(scene), flags: { context: 'other' } }), {
  server: 'b',
  path: '/api/v1/namespaces/of-other/pods',
});
test(
  '--context of nothing is not given',
  asksLikeKubectl,
  (scene) => ({
    env: twoContexts(scene),
    flags: { context: '', cluster: '', user: '', server: '', token: '', namespace: '', as: '' },
  }),
  { server: 'a' },
);
test('--cluster', asksLikeKubectl, (scene) => ({ env: twoContexts(scene), flags: { cluster: 'other' } }), {
  server: 'b',
  authorization: 'Bearer token-of-main',
});
test('--user', asksLikeKubectl, (scene) => ({ env: twoContexts(scene), flags: { user: 'other' } }), {
  server: 'a',
  authorization: 'Bearer token-of-other',
});
test(
  '--namespace',
  asksLikeKubectl,
  (scene) => ({ env: twoContexts(scene), flags: { context: 'other', namespace: 'mine' } }),
  {
    path: '/api/v1/namespaces/mine/pods',
  },
);
test(
  '--server keeps the user and the authority',
  asksLikeKubectl,
  (scene) => ({ env: twoContexts(scene), flags: { server: scene.b.url } }),
  { server: 'b', authorization: 'Bearer token-of-main' },
);
test(
  '--server drops the tls-server-name',
  asksLikeKubectl,
  (scene) => ({
    env: twoContexts(scene, { cluster: { 'tls-server-name': 'kubernetes.example' } }),
    flags: { server: scene.b.url },
  }),
  { serverName: undefined },
);
test(
  '--server with --tls-server-name',
  asksLikeKubectl,
  (scene) => ({ env: twoContexts(scene), flags: { server: scene.b.url, tlsServerName: 'kubernetes.example' } }),
  { serverName: 'kubernetes.example' },
);
test('--server without a scheme is plain http, whatever the kubeconfig trusts', async (t) => {
  const scene = await makeScene(t, { plain: true });
  const scenario = { env: twoContexts(scene), flags: { server: `127.0.0.1:${scene.b.port}` } };
  const [theirs, ours] = [await kubectlAsks(scene, scenario), await weAsk(scene, scenario)];
  t.deepEqual(ours, theirs);
  t.like(ours.asked[0], { server: 'b', authorization: undefined });
});

test('--server with a path before the API', asksLikeKubectl, (scene) => ({
  env: twoContexts(scene),
  flags: { server: `${scene.b.url}//` },
}));
test(
  '--server without a kubeconfig',
  asksLikeKubectl,
  (scene) => ({ flags: { server: scene.b.url, certificateAuthority: 'authority.crt', token: 'by-hand' } }),
  { server: 'b', authorization: 'Bearer by-hand' },
);
test(
  'KUBERNETES_MASTER without a kubeconfig',
  asksLikeKubectl,
  (scene) => ({ env: { KUBERNETES_MASTER: scene.b.url }, flags: { insecureSkipTlsVerify: true, token: 'by-hand' } }),
  { server: 'b', authorization: 'Bearer by-hand' },
);

test('--certificate-authority', asksLikeKubectl, (scene) => ({
  env: twoContexts(scene, {
    cluster: { 'certificate-authority': scene.file('wrong.crt', createAuthority('wrong').certificate) },
  }),
  flags: { certificateAuthority: 'authority.crt' },
}));
test('--certificate-authority over certificate-authority-data', asksLikeKubectl, (scene) => {
  const data = Buffer.from(createAuthority('wrong').certificate).toString('base64');
  const cluster = { 'certificate-authority': undefined, 'certificate-authority-data': data };
  return { env: twoContexts(scene, { cluster }), flags: { certificateAuthority: 'authority.crt' } };
});
test('--certificate-authority over insecure-skip-tls-verify', asksLikeKubectl, (scene) => ({
  env: twoContexts(scene, { cluster: { 'certificate-authority': undefined, 'insecure-skip-tls-verify': true } }),
  flags: { certificateAuthority: 'authority.crt' },
}));
test('--insecure-skip-tls-verify over an authority that did not sign', asksLikeKubectl, (scene) => ({
  env: twoContexts(scene, {
    cluster: { 'certificate-authority': scene.file('wrong.crt', createAuthority('wrong').certificate) },
  }),
  flags: { insecureSkipTlsVerify: true },
}));
test('--insecure-skip-tls-verify=false does not undo what the kubeconfig says', asksLikeKubectl, (scene) => ({
  env: twoContexts(scene, { cluster: { 'certificate-authority': undefined, 'insecure-skip-tls-verify': true } }),
  flags: { insecureSkipTlsVerify: false },
}));
test('--token over the token', asksLikeKubectl, (scene) => ({ env: twoContexts(scene), flags: { token: 'by-hand' } }), {
  authorization: 'Bearer by-hand',
});
test(
  '--token beside a client certificate: both are shown',
  asksLikeKubectl,
  (scene) => ({ env: twoContexts(scene, { user: withCertificate(scene) }), flags: { token: 'by-hand' } }),
  { authorization: 'Bearer by-hand', certificate: 'client-by-certificate' },
);
test('--token over a tokenFile: the file stays', asksLikeKubectl, (scene) => ({
  env: twoContexts(scene, { user: { tokenFile: scene.file('token', 'of-file') } }),
  flags: { token: 'by-hand' },
}));
test(
  '--token over an exec plugin: it is not run',
  asksLikeKubectl,
  (scene) => ({
    env: twoContexts(scene, {
      user: { exec: { command: 'false', apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' } },
    }),
    flags: { token: 'by-hand' },
  }),
  { authorization: 'Bearer by-hand' },
);
test(
  '--client-certificate and --client-key are relative to where we are',
  asksLikeKubectl,
  (scene) => ({ env: twoContexts(scene), flags: { clientCertificate: 'client.crt', clientKey: 'client.key' } }),
  { certificate: 'client-by-certificate', authorization: 'Bearer token-of-main' },
);
test(
  '--client-certificate over client-certificate-data',
  asksLikeKubectl,
  (scene) => ({
    env: twoContexts(scene, { user: { 'client-certificate-data': 'AAAA', 'client-key-data': 'AAAA' } }),
    flags: { clientCertificate: 'client.crt', clientKey: 'client.key' },
  }),
  { certificate: 'client-by-certificate' },
);
test('--as', asksLikeKubectl, (scene) => ({ env: twoContexts(scene), flags: { as: 'jane' } }), {
  impersonate: { 'impersonate-user': ['jane'] },
});
test(
  '--as with all of its kin',
  asksLikeKubectl,
  (scene) => ({
    env: twoContexts(scene),
    flags: {
      as: 'jürgen',
      asGroup: ['developers', 'ops,more'],
      asUid: '42',
      asUserExtra: ['reason=a', 'reason=b=c', 'example.com/x y=1', 'no-value'],
    },
  }),
  {
    impersonate: {
      'impersonate-user': ['j\u00c3\u00bcrgen'],
      'impersonate-group': ['developers', 'ops,more'],
      'impersonate-uid': ['42'],
      'impersonate-extra-reason': ['a', 'b=c'],
      'impersonate-extra-example.com%2fx%20y': ['1'],
    },
  },
);
test('the kubeconfig impersonates', asksLikeKubectl, (scene) => ({
  env: twoContexts(scene, {
    user: { token: 't', as: 'jane', 'as-uid': '7', 'as-groups': ['g1', 'g2'], 'as-user-extra': { why: ['x', 'y'] } },
  }),
}));
test(
  '--as over the kubeconfig: what is not said stays',
  asksLikeKubectl,
  (scene) => ({
    env: twoContexts(scene, {
      user: { token: 't', as: 'jane', 'as-uid': '7', 'as-groups': ['g1'], 'as-user-extra': { why: ['x'], who: ['z'] } },
    }),
    flags: { as: 'joe', asUserExtra: ['why=w'] },
  }),
  {
    impersonate: {
      'impersonate-user': ['joe'],
      'impersonate-uid': ['7'],
      'impersonate-group': ['g1'],
      'impersonate-extra-why': ['w'],
      'impersonate-extra-who': ['z'],
    },
  },
);
