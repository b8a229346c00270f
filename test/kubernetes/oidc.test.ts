import { readFileSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { connect } from '../../src/kubernetes/api/connect.ts';
import { type CheckContext, kubeconfig, kubectlAsks, makeScene, weAsk } from './beside-kubectl.ts';
import { recordingServer } from './recording-server.ts';
import { systemForTest } from './system-for-test.ts';

/** An id-token that runs out at a time; nobody checks its signature here. */
function idToken(name: string, expires: Date): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ name, exp: expires.getTime() / 1000 })}.${part({ name })}`;
}

const past = new Date('2020-01-01');
const future = new Date('2090-01-01');

interface Provider {
  readonly url: string;
  /** The token requests: how the client showed who it is, and the form. */
  readonly asked: { authorization: string | undefined; form: Record<string, string> }[];
}

/** An identity provider that gives each refresh token's successor once. */
async function provider(
  t: ExecutionContext,
  options: { tokens?: object; secretInForm?: boolean } = {},
): Promise<Provider> {
  const asked: Provider['asked'] = [];
  let valid = 'refresh-1';
  const server = await recordingServer({
    answer: async (request, response) => {
      if (request.url === '/.well-known/openid-configuration') {
        return response.end(JSON.stringify({ issuer: server.url, token_endpoint: `${server.url}/token` }));
      }
      const form = Object.fromEntries(new URLSearchParams(await text(request)));
      const { authorization } = request.headers;
      asked.push({ authorization, form });
      if (options.secretInForm ? !form.client_secret : !authorization)
        return response.writeHead(401).end('{"error":"invalid_client"}');
      if (form.refresh_token !== valid)
        return response.writeHead(400).end('{"error":"invalid_grant","error_description":"used up"}');
      valid = `refresh-${Number(valid.at(-1)) + 1}`;
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify(
          options.tokens ?? {
            access_token: 'a',
            token_type: 'Bearer',
            id_token: idToken(`fresh-${asked.length}`, future),
            refresh_token: valid,
          },
        ),
      );
    },
  });
  t.teardown(() => server.close());
  return { url: server.url, asked };
}

function config(scene: CheckContext, { url }: { url: string }, more: object): object {
  const oidc = {
    'idp-issuer-url': url,
    'client-id': 'me',
    'client-secret': 's:e&c',
    'idp-certificate-authority': `${scene.folder}/authority.crt`,
    ...more,
  };
  return kubeconfig(scene, { user: { 'auth-provider': { name: 'oidc', config: oidc } } });
}

test('a valid id-token is shown as it is', async (t) => {
  const scene = await makeScene(t);
  const idp = await provider(t);
  const token = idToken('valid', future);
  const scenario = { flags: { kubeconfig: scene.file('config', config(scene, idp, { 'id-token': token })) } };
  const [theirs, ours] = [await kubectlAsks(scene, scenario), await weAsk(scene, scenario)];
  t.deepEqual(ours, theirs);
  t.is(ours.asked[0]?.authorization, `Bearer ${token}`);
  t.deepEqual(idp.asked, []);
});

for (const secretInForm of [false, true]) {
  test(`an expired id-token is refreshed once for all requests and kept, as kubectl keeps it (secret in the ${secretInForm ? 'form' : 'header'})`, async (t) => {
    const runs = [];
    for (const ask of ['kubectl', 'we']) {
      const scene = await makeScene(t);
      const idp = await provider(t, { secretInForm });
      const expired = idToken('expired', past);
      const file = scene.file('config', config(scene, idp, { 'id-token': expired, 'refresh-token': 'refresh-1' }));
      if (ask === 'kubectl') await kubectlAsks(scene, { flags: { kubeconfig: file } });
      else {
        const { api, close } = await connect({ kubeconfig: file }, systemForTest({ cwd: scene.folder }));
        await Promise.all([1, 2, 3].map(() => api.list('/api/v1/pods')));
        await api.list('/api/v1/pods');
        close();
      }
      const kept = readFileSync(file, 'utf8');
      t.true(kept.includes('refresh-2'), 'the new refresh token is kept');
      t.false(kept.includes(expired));
      // kubectl can go on with what we left.
      t.deepEqual(
        (await kubectlAsks(scene, { flags: { kubeconfig: file } })).asked[0]?.authorization,
        scene.a.asked[0]?.authorization,
      );
      runs.push(idp.asked.map(({ authorization, form }) => ({ authorization, form })));
    }
    t.deepEqual(runs[1], runs[0]);
    t.is(runs[0]!.length, secretInForm ? 2 : 1);
  });
}

test('all else in the kubeconfig stays as it was written', async (t) => {
  const scene = await makeScene(t);
  const idp = await provider(t);
  const expired = idToken('expired', past);
  const written = (token: string, refresh: string) => `# mine
current-context: main
clusters: [{name: main, cluster: {server: "${scene.a.url}", certificate-authority: authority.crt}}]
contexts: [{name: main, context: {cluster: main, user: main}}]
users:
- name: main
  user:
    auth-provider:
      name: oidc
      config: {idp-issuer-url: '${idp.url}', client-id: me, client-secret: x, idp-certificate-authority: ${scene.folder}/authority.crt,
        id-token: ${token}, refresh-token: ${refresh}} # both change
`;
  const file = scene.file('config', written(expired, 'refresh-1'));
  const { asked, error } = await weAsk(scene, { flags: { kubeconfig: file } });
  t.is(error, '');
  t.is(readFileSync(file, 'utf8'), written(asked[0]!.authorization!.slice('Bearer '.length), 'refresh-2'));
});

test('a token that cannot be kept is a warning', async (t) => {
  const scene = await makeScene(t);
  const idp = await provider(t);
  const file = scene.file(
    'config',
    config(scene, idp, { 'id-token': idToken('expired', past), 'refresh-token': 'refresh-1' }),
  );
  writeFileSync(`${file}.lock`, '');
  const system = systemForTest({ cwd: scene.folder });
  const { api, close } = await connect({ kubeconfig: file }, system);
  await api.list('/api/v1/pods');
  close();
  t.regex(
    system.written(),
    /^warning: could not persist new tokens in .*config: EEXIST: .*; if kubectl now says Unauthorized, log in again\n$/,
  );
});

for (const [what, more, options, words] of [
  [
    'no refresh-token',
    { 'id-token': idToken('expired', past) },
    {},
    'No valid id-token, and cannot refresh without refresh-token',
  ],
  [
    'a refresh-token that is used up',
    { 'refresh-token': 'refresh-0' },
    {},
    'oauth2: cannot fetch token: 400: invalid_grant: used up',
  ],
  [
    'an answer without id_token',
    { 'refresh-token': 'refresh-1' },
    { tokens: { access_token: 'a', token_type: 'Bearer' } },
    'token response did not contain an id_token',
  ],
] as const) {
  test(`${what} is a failure`, async (t) => {
    const scene = await makeScene(t);
    const idp = await provider(t, options);
    const file = scene.file('config', config(scene, idp, more));
    const { error, asked } = await weAsk(scene, { flags: { kubeconfig: file } });
    t.true(error.includes(words), error);
    t.true(error.includes(`user "main" of context "main" of ${file}`), error);
    t.deepEqual(asked, []);
    if (words.startsWith('No valid'))
      t.true((await kubectlAsks(scene, { flags: { kubeconfig: file } })).error.includes(words));
  });
}
