import { chmodSync } from 'node:fs';
import test from 'ava';
import { makeScene } from './beside-kubectl.ts';
import { apiVersion, connection, runs, token, withPlugin } from './exec-plugin-in-shell.ts';

test('requests at the same time run it once, and so do later ones', async (t) => {
  const scene = await makeScene(t);
  const { api, close } = await connection(scene, withPlugin(scene, `sleep 0.2\n${token('t')}`));
  await Promise.all([1, 2, 3, 4].map(() => api.list('/api/v1/pods')));
  await api.list('/api/v1/pods');
  close();
  t.is(scene.a.asked.length, 5);
  t.is(runs(scene), 1);
});

test('it is run again when its credential has expired', async (t) => {
  const scene = await makeScene(t);
  let now = new Date('2030-01-01T00:00:00Z');
  const { api, close } = await connection(
    scene,
    withPlugin(scene, token('t', { expirationTimestamp: '2030-01-01T00:10:00Z' })),
    { now: () => now },
  );
  await api.list('/api/v1/pods');
  now = new Date('2030-01-01T00:09:59Z');
  await api.list('/api/v1/pods');
  t.is(runs(scene), 1);
  now = new Date('2030-01-01T00:10:01Z');
  await api.list('/api/v1/pods');
  close();
  t.is(runs(scene), 2);
});

test('a plugin that failed is asked again by the next request', async (t) => {
  const scene = await makeScene(t);
  const script = `if [ ! -e ${scene.folder}/failed ]; then touch ${scene.folder}/failed; exit 1; fi\n${token('t')}`;
  const { api, close } = await connection(scene, withPlugin(scene, script));
  await t.throwsAsync(api.list('/api/v1/pods'), { message: /failed with exit code 1/ });
  await api.list('/api/v1/pods');
  close();
  t.is(runs(scene), 2);
});

/** Takes only the token of the second run. */
const secondRunCounts = `n=$(wc -l < "$0.runs" 2>/dev/null || echo 0); echo x >> "$0.runs"\nprintf '{"apiVersion":"${apiVersion}","kind":"ExecCredential","status":{"token":"run-%s"}}' $((n + 1))`;
const unauthorized = {
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  message: 'Unauthorized',
  reason: 'Unauthorized',
  code: 401,
};

test('a 401 runs it again, once for all requests, and asks once more', async (t) => {
  const scene = await makeScene(t, {
    answer: (request, response) => {
      if (request.headers.authorization !== 'Bearer run-2') response.writeHead(401).end(JSON.stringify(unauthorized));
    },
  });
  const { api, close } = await connection(scene, withPlugin(scene, secondRunCounts));
  await Promise.all([1, 2, 3].map(() => api.list('/api/v1/pods')));
  close();
  t.is(runs(scene), 2);
  t.deepEqual(scene.a.asked.map(({ authorization }) => authorization?.at(-1)).sort(), ['1', '1', '1', '2', '2', '2']);
});

test('a write that got 401 is repeated too, for it was not done', async (t) => {
  const written = { kind: 'Service', metadata: { namespace: 'default', name: 'x' } };
  const scene = await makeScene(t, {
    answer: (request, response) => {
      if (request.headers.authorization !== 'Bearer run-2') response.writeHead(401).end(JSON.stringify(unauthorized));
      else response.end(JSON.stringify(written));
    },
  });
  const { api, close } = await connection(scene, withPlugin(scene, secondRunCounts));
  t.deepEqual(await api.mergePatch('/api/v1/namespaces/default/services/x', { a: 1 }), written);
  close();
});

test('a second 401 says who was refused and how to log in', async (t) => {
  const scene = await makeScene(t, {
    answer: (_, response) => response.writeHead(401).end(JSON.stringify(unauthorized)),
  });
  const config = withPlugin(scene, token('t'), { exec: { args: ['get-token', '--for', 'me & you'] } });
  const { api, close } = await connection(scene, config);
  const error = await t.throwsAsync(api.list('/api/v1/pods'));
  close();
  t.like(error, {
    status: 401,
    message: `You must be logged in to the server (Unauthorized): user "main" of context "main" of ${config} was refused`,
    cures: [{ command: `${scene.folder}/bin/plugin get-token --for 'me & you' > /dev/null`, note: 'logs in again' }],
  });
  t.is(scene.a.asked.length, 2);
});

test('the login of well-known plugins is named', async (t) => {
  const scene = await makeScene(t, {
    answer: (_, response) => response.writeHead(401).end(JSON.stringify(unauthorized)),
  });
  withPlugin(scene, token('t'));
  const config = withPlugin(scene, token('t'), { exec: { command: './bin/aws' } });
  chmodSync(scene.file('bin/aws', `#!/bin/sh\n${token('t')}\n`), 0o755);
  const { api, close } = await connection(scene, config);
  t.like(await t.throwsAsync(api.list('/api/v1/pods')), {
    cures: [{ command: 'aws sso login', note: 'logs in again' }],
  });
  close();
});
