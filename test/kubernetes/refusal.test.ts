import { join } from 'node:path';
import test from 'ava';
import { ApiError } from '../../src/kubernetes/api/api-error.ts';
import { connect } from '../../src/kubernetes/api/connect.ts';
import { cureText } from '../helpers/cure-text.ts';
import { kubeconfig, kubectlAsks, makeScene, weAsk } from './beside-kubectl.ts';
import { connected, json, status } from './connected.ts';
import { issue } from './recording-server.ts';
import { systemForTest } from './system-for-test.ts';

test("a refusal has kubectl's words, the server's reason and its causes", async (t) => {
  const causes = [{ reason: 'FieldValueInvalid', field: 'spec.ports[0].port', message: 'must be between 1 and 65535' }];
  const { api } = await connected(t, (_, response) =>
    json(
      response,
      { ...status(422, 'Invalid', 'Service "x" is invalid: spec.ports[0].port'), details: { causes } },
      422,
    ),
  );
  const error = await t.throwsAsync(api.get('/x'), { instanceOf: ApiError });
  t.like(error, {
    status: 422,
    reason: 'Invalid',
    serverMessage: 'Service "x" is invalid: spec.ports[0].port',
    causes,
    exitCode: 1,
  });
  t.is(error?.message, 'The Service "x" is invalid: spec.ports[0].port');
});

test('forbidden: the command that tells when it is allowed', async (t) => {
  const { api, scene } = await connected(t, (_, response) => json(response, status(403, 'Forbidden', 'no'), 403));
  const context = `--kubeconfig ${scene.folder}/config --context main`;
  const commands: string[] = [];
  for (const attempt of [
    api.list('/api/v1/namespaces/n/pods'),
    api.list('/apis/networking.k8s.io/v1/ingresses'),
    api.get('/api/v1/nodes/x'),
    api.apply('/api/v1/namespaces/n/services/s', {}, { fieldManager: 'x' }),
    api.mergePatch('/api/v1/namespaces/n/services/s/status', {}),
    api.create('/api/v1/namespaces/n/services', {}),
    api.remove('/api/v1/namespaces/n/services/s'),
    api.get('/api/v1/namespaces/n'),
    api.get('/version'),
  ]) {
    const error = (await t.throwsAsync(attempt, { instanceOf: ApiError })) as ApiError;
    t.is(error.message, 'Error from server (Forbidden): no');
    t.is(error.code, 'forbidden');
    t.is(error.cures.length, 1);
    commands.push(error.cures[0]!.command!.replace(context, 'C'));
  }
  t.deepEqual(commands, [
    'kubectl auth can-i list pods -n n C',
    'kubectl auth can-i list ingresses.networking.k8s.io -A C',
    'kubectl auth can-i get nodes -A C',
    'kubectl auth can-i patch services -n n C',
    'kubectl auth can-i patch services --subresource=status -n n C',
    'kubectl auth can-i create services -n n C',
    'kubectl auth can-i delete services -n n C',
    'kubectl auth can-i get namespaces -A C',
    'kubectl auth whoami C',
  ]);
});

test('what is no API server', async (t) => {
  const page = (_: unknown, response: import('node:http').ServerResponse) =>
    response.end('<html><style>x{}</style><body>Please <b>log in</b>\u001b[1m</body>');
  const { api, scene } = await connected(t, page);
  t.is(
    (await t.throwsAsync(api.get('/x')))?.message,
    `unexpected response from the server: ${scene.a.url} (context "main" of ${scene.folder}/config) answered GET /x with Please log in [1m instead of JSON`,
  );
  const elsewhere = await connected(t, (_, response) =>
    response.writeHead(302, { location: 'https://login.example/' }).end(),
  );
  t.is(
    (await t.throwsAsync(elsewhere.api.get('/x')))?.message,
    `Error from server: ${elsewhere.scene.a.url} redirects to https://login.example/: it is not an API server (HTTP 302)`,
  );
  const gateway = await connected(t, (_, response) => response.writeHead(502).end('<h1>502 Bad Gateway</h1>'));
  t.is((await t.throwsAsync(gateway.api.get('/x')))?.message, 'Error from server: 502 Bad Gateway');
});

test('plain http to a server of https', async (t) => {
  const scene = await makeScene(t, {
    plain: true,
    answer: (_, response) => response.writeHead(400).end('Client sent an HTTP request to an HTTPS server.\n'),
  });
  const { error } = await weAsk(scene, { flags: { server: scene.a.url } });
  t.is(error, `Error from server: ${scene.a.url} wants https (--server) (HTTP 400)`);
});

const unauthorized = {
  answer: (_: unknown, response: import('node:http').ServerResponse) =>
    json(response, status(401, 'Unauthorized'), 401),
};

test('401: who was refused, beginning as kubectl does', async (t) => {
  const scene = await makeScene(t, unauthorized);
  const file = scene.file('config', kubeconfig(scene));
  const scenario = { flags: { kubeconfig: file } };
  const { error } = await weAsk(scene, scenario);
  t.is(
    error,
    `You must be logged in to the server (Unauthorized): user "main" of context "main" of ${file} was refused`,
  );
  t.true(
    (await kubectlAsks(scene, { flags: { ...scenario.flags } })).error.endsWith(
      'error: You must be logged in to the server (Unauthorized)',
    ),
  );
  t.is(scene.a.asked.length, 2, 'a token is not tried twice');
});

test('401 without credentials says so', async (t) => {
  const scene = await makeScene(t, unauthorized);
  const { error } = await weAsk(scene, {
    flags: { kubeconfig: scene.file('config', kubeconfig(scene, { user: {} })) },
  });
  t.regex(error, /was refused and has no credentials there$/);
});

test('401 with an expired client certificate says so', async (t) => {
  const scene = await makeScene(t, unauthorized);
  const { certificate, privateKey } = issue('old', { validUntil: new Date('2024-05-06T07:08:09Z') });
  const user = {
    'client-certificate': scene.file('old.crt', certificate),
    'client-key': scene.file('old.key', privateKey),
  };
  const file = scene.file('config', kubeconfig(scene, { user }));
  const { api, close } = await connect({ kubeconfig: file }, systemForTest({ cwd: scene.folder }));
  const error = await t.throwsAsync(api.get('/x'));
  t.like(error, {
    code: 'unauthorized',
    message: `You must be logged in to the server (Unauthorized): the client certificate of user "main" of context "main" of ${file} expired on 2024-05-06T07:08:09.000Z`,
  });
  t.is(
    cureText(error),
    "get this cluster's kubeconfig again from where you have it\nthis lists the other contexts:\n    kubectl config get-contexts",
  );
  close();
});

test('401 with a token that has run out says so, and where a new one goes', async (t) => {
  const scene = await makeScene(t, unauthorized);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = scene.file('token', `${part({})}.${part({ exp: 1_700_000_000 })}.sig`);
  const file = scene.file('config', kubeconfig(scene, { user: { tokenFile: token } }));
  const { api, close } = await connect({ kubeconfig: file }, systemForTest({ cwd: scene.folder }));
  t.like(await t.throwsAsync(api.get('/x')), {
    message: `You must be logged in to the server (Unauthorized): the token of user "main" of context "main" of ${file} expired on 2023-11-14T22:13:20.000Z`,
    cures: [{ command: null, note: `put a new token into ${join(scene.folder, 'token')}` }],
  });
  close();
});
