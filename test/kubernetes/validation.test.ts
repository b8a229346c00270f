import { join } from 'node:path';
import test from 'ava';
import { refusesLikeKubectl, twoContexts } from './beside-kubectl.ts';

test('a namespace that would change the path', refusesLikeKubectl, (scene) => ({
  env: twoContexts(scene),
  flags: { namespace: 'a/b' },
}));

test('groups without a user to impersonate', refusesLikeKubectl, (scene) => ({
  env: twoContexts(scene),
  flags: { asGroup: ['developers'] },
}));
test('--insecure-skip-tls-verify with --certificate-authority', refusesLikeKubectl, (scene) => ({
  env: twoContexts(scene),
  flags: { insecureSkipTlsVerify: true, certificateAuthority: 'authority.crt' },
}));
test('a certificate authority that is not there', refusesLikeKubectl, (scene) => ({
  env: twoContexts(scene, { cluster: { 'certificate-authority': join(scene.folder, 'lost.crt') } }),
}));
test('a certificate authority file beside data', refusesLikeKubectl, (scene) => ({
  env: twoContexts(scene, { cluster: { 'certificate-authority-data': 'AAAA' } }),
}));
test('a client certificate without key', refusesLikeKubectl, (scene) => ({
  env: twoContexts(scene, { user: { 'client-certificate': join(scene.folder, 'client.crt') } }),
}));
test('client certificate and key that are not there, at once', refusesLikeKubectl, (scene) => ({
  env: twoContexts(scene),
  flags: { clientCertificate: join(scene.folder, 'lost.crt'), clientKey: join(scene.folder, 'lost.key') },
}));
test('a token and a password', refusesLikeKubectl, (scene) => ({
  env: twoContexts(scene, { user: { token: 't', username: 'u', password: 'p' } }),
}));
test('an exec plugin without command, version and mode', refusesLikeKubectl, (scene) => ({
  env: twoContexts(scene, { user: { exec: { args: ['x'], env: [{ name: '', value: '1' }] } } }),
}));
test('an exec plugin with an unknown mode', refusesLikeKubectl, (scene) => ({
  env: twoContexts(scene, {
    user: { exec: { command: 'x', apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Sometimes' } },
  }),
}));
test('an exec plugin with an auth-provider', refusesLikeKubectl, (scene) => ({
  env: twoContexts(scene, {
    user: {
      'auth-provider': { name: 'oidc' },
      exec: { command: 'x', apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' },
    },
  }),
}));
test('a proxy-url of an unknown kind', refusesLikeKubectl, (scene) => ({
  env: twoContexts(scene, { cluster: { 'proxy-url': 'ftp://127.0.0.1' } }),
}));
test('a server with a path and no scheme', refusesLikeKubectl, (scene) => ({
  env: twoContexts(scene),
  flags: { server: 'localhost/path' },
}));
test('a timeout that is none', refusesLikeKubectl, (scene) => ({
  env: twoContexts(scene),
  flags: { requestTimeout: 'soon' },
}));
test('an exec plugin of another version', refusesLikeKubectl, (scene) => ({
  env: twoContexts(scene, {
    user: { exec: { command: 'x', apiVersion: 'client.authentication.k8s.io/v1alpha1', interactiveMode: 'Never' } },
  }),
}));
