import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { connect } from '../../src/kubernetes/api/connect.ts';
import { asksLikeKubectl, kubeconfig, kubectlAsks, makeScene, weAsk } from './beside-kubectl.ts';
import { issue } from './recording-server.ts';
import { systemForTest } from './system-for-test.ts';

test('a user name and a password', asksLikeKubectl, (scene) => ({
  flags: { kubeconfig: scene.file('config', kubeconfig(scene, { user: { username: 'jane', password: 'p:ä' } })) },
}));

test(
  'a client certificate in files',
  asksLikeKubectl,
  (scene) => ({
    flags: {
      kubeconfig: scene.file(
        'config',
        kubeconfig(scene, { user: { 'client-certificate': 'client.crt', 'client-key': 'client.key' } }),
      ),
    },
  }),
  { certificate: 'client-by-certificate', authorization: undefined },
);

test(
  'certificates in the kubeconfig itself',
  asksLikeKubectl,
  (scene) => {
    const client = issue('client-by-data');
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const user = {
      'client-certificate-data': base64(client.certificate),
      'client-key-data': base64(client.privateKey),
    };
    return { flags: { kubeconfig: scene.file('config', kubeconfig(scene, { user })) } };
  },
  { certificate: 'client-by-data' },
);

test(
  'tls-server-name',
  asksLikeKubectl,
  (scene) => ({
    flags: {
      kubeconfig: scene.file('config', kubeconfig(scene, { cluster: { 'tls-server-name': 'kubernetes.example' } })),
    },
  }),
  { serverName: 'kubernetes.example' },
);

test(
  'insecure-skip-tls-verify',
  asksLikeKubectl,
  (scene) => ({
    flags: {
      kubeconfig: scene.file(
        'config',
        kubeconfig(scene, { cluster: { 'certificate-authority': undefined, 'insecure-skip-tls-verify': true } }),
      ),
    },
  }),
  { authorization: 'Bearer token-of-main' },
);

test("without an authority the machine's own count", asksLikeKubectl, (scene) => ({
  env: { SSL_CERT_FILE: join(scene.folder, 'authority.crt') },
  flags: { kubeconfig: scene.file('config', kubeconfig(scene, { cluster: { 'certificate-authority': undefined } })) },
}));

test('over plain http nothing secret is sent, but impersonation is', async (t) => {
  const scene = await makeScene(t, { plain: true });
  const user = { token: 'secret', 'client-certificate': 'client.crt', 'client-key': 'client.key', as: 'jane' };
  const scenario = { flags: { kubeconfig: scene.file('config', kubeconfig(scene, { user })) } };
  const [theirs, ours] = [await kubectlAsks(scene, scenario), await weAsk(scene, scenario)];
  t.deepEqual(ours, theirs);
  t.like(ours.asked[0], { server: 'a', authorization: undefined, impersonate: { 'impersonate-user': ['jane'] } });
});

test('client certificates are read again when they change', async (t) => {
  const scene = await makeScene(t);
  const config = scene.file(
    'config',
    kubeconfig(scene, { user: { 'client-certificate': 'client.crt', 'client-key': 'client.key' } }),
  );
  const { api, close } = await connect({ kubeconfig: config }, systemForTest({ cwd: scene.folder }));
  await api.list('/api/v1/pods');
  const renewed = issue('client-renewed');
  scene.file('client.crt', renewed.certificate);
  scene.file('client.key', renewed.privateKey);
  await api.list('/api/v1/pods');
  close();
  t.deepEqual(
    scene.a.asked.map(({ certificate }) => certificate),
    ['client-by-certificate', 'client-renewed'],
  );
});

test('removed and unknown auth-providers are refused with what took their place', async (t) => {
  const scene = await makeScene(t);
  for (const [provider, message] of [
    [{ name: 'gcp' }, /^The gcp auth plugin has been removed/],
    [{ name: 'azure' }, /^The azure auth plugin has been removed/],
    [{ name: 'ldap' }, /^no Auth Provider found for name "ldap"/],
    [{ name: 'oidc', config: { 'client-id': 'x' } }, /^Must provide idp-issuer-url/],
    [{ name: 'oidc', config: { 'idp-issuer-url': 'https://127.0.0.1' } }, /^Must provide client-id/],
  ] as const) {
    const scenario = {
      flags: { kubeconfig: scene.file('config', kubeconfig(scene, { user: { 'auth-provider': provider } })) },
    };
    t.regex((await weAsk(scene, scenario)).error, message);
    t.regex((await kubectlAsks(scene, scenario)).error.replace(/^error: /, ''), message);
  }
});

test('a key that does not belong to its certificate', async (t) => {
  const scene = await makeScene(t);
  scene.file('other.key', issue('other').privateKey);
  const config = scene.file(
    'config',
    kubeconfig(scene, { user: { 'client-certificate': 'client.crt', 'client-key': 'other.key' } }),
  );
  const { error } = await weAsk(scene, { flags: { kubeconfig: config } });
  t.is(
    error,
    `invalid client certificate of user "main" of context "main" of ${config}: tls: private key does not match public key`,
  );
});

for (const [what, file] of [
  ['certificate', 'client.crt'],
  ['key', 'client.key'],
] as const) {
  test(`a client ${what} that is none`, async (t) => {
    const scene = await makeScene(t);
    scene.file(file, 'not PEM');
    const config = scene.file(
      'config',
      kubeconfig(scene, { user: { 'client-certificate': 'client.crt', 'client-key': 'client.key' } }),
    );
    const { error } = await weAsk(scene, { flags: { kubeconfig: config } });
    t.regex(
      error,
      /^invalid client certificate of user "main" of context "main" of .*: tls: failed to find any PEM data in (certificate|key) input$/,
    );
  });
}

test('an authority that is none', async (t) => {
  const scene = await makeScene(t);
  scene.file('authority.crt', 'not PEM');
  const scenario = { flags: { kubeconfig: scene.file('config', kubeconfig(scene)) } };
  const { error } = await weAsk(scene, scenario);
  t.regex(error, /unable to load root certificates: unable to parse bytes as PEM block/);
  t.regex(
    (await kubectlAsks(scene, scenario)).error,
    /unable to load root certificates: unable to parse bytes as PEM block/,
  );
});

test('an unreadable kubeconfig', async (t) => {
  if (process.getuid?.() === 0) return t.pass('root reads everything');
  const scene = await makeScene(t);
  const config = scene.file('config', kubeconfig(scene));
  chmodSync(config, 0);
  const { error } = await weAsk(scene, { flags: { kubeconfig: config } });
  t.is(error, `error loading config file "${config}": open ${config}: permission denied`);
});
