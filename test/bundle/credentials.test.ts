// What src/kubernetes loads only for some users is in the executable too, and works there. How it works is shown in
// test/kubernetes, from the sources.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { httpProxy, socksProxy } from '../kubernetes/recording-proxy.ts';
import { authority, issue, type RecordingServer, recordingServer } from '../kubernetes/recording-server.ts';
import { runExecutable } from './run-executable.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Runs `endpoints` as this user on a server of its own, and returns what the server was asked. */
async function askedAs(
  t: ExecutionContext,
  user: object,
  cluster: object = {},
): Promise<RecordingServer['asked'][number]> {
  const server = await recordingServer();
  const folder = mkdtempSync(join(tmpdir(), 'skyports-user-'));
  t.teardown(async () => {
    rmSync(folder, { recursive: true });
    await server.close();
  });
  const kubeconfig = {
    'current-context': 'x',
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    clusters: [
      {
        name: 'c',
        cluster: { server: server.url, 'certificate-authority-data': base64(authority.certificate), ...cluster },
      },
    ],
    users: [{ name: 'u', user }],
  };
  const file = join(folder, 'config');
  writeFileSync(file, JSON.stringify(kubeconfig));
  const { code, stderr } = await runExecutable(['endpoints'], { KUBECONFIG: file, HOME: folder });
  t.is(code, 0, stderr);
  t.true(server.asked.length > 0);
  return server.asked[0]!;
}

test('a token', async (t) => {
  t.is((await askedAs(t, { token: 'a-token' })).authorization, 'Bearer a-token');
});

test('a client certificate', async (t) => {
  const { certificate, privateKey } = issue('jane');
  const user = { 'client-certificate-data': base64(certificate), 'client-key-data': base64(privateKey) };
  t.is((await askedAs(t, user)).certificate, 'jane');
});

test('an exec plugin', async (t) => {
  const credential = {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: 'made' },
  };
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'echo',
    args: [JSON.stringify(credential)],
    interactiveMode: 'Never',
  };
  t.is((await askedAs(t, { exec })).authorization, 'Bearer made');
});

test('an OIDC token that is still good', async (t) => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'none' })}.${part({ exp: 4e9 })}.${part({})}`;
  const config = { 'idp-issuer-url': 'https://127.0.0.1:9', 'client-id': 'skyports', 'id-token': token };
  t.is((await askedAs(t, { 'auth-provider': { name: 'oidc', config } })).authorization, `Bearer ${token}`);
});

test('an http proxy', async (t) => {
  const proxy = await httpProxy(t);
  await askedAs(t, { token: 'a-token' }, { 'proxy-url': `http://127.0.0.1:${proxy.port}` });
  t.regex(proxy.asked[0]!, /^CONNECT 127\.0\.0\.1:\d+$/);
});

test('a SOCKS proxy', async (t) => {
  const proxy = await socksProxy(t);
  await askedAs(t, { token: 'a-token' }, { 'proxy-url': `socks5://127.0.0.1:${proxy.port}` });
  t.regex(proxy.asked[0]!, /127\.0\.0\.1:\d+/);
});
