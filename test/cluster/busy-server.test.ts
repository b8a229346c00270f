import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { admin } from './admin-request.ts';
import { createAuthority, issueCertificate } from './certificates.ts';
import { type ClusterDescription, clusterVariable } from './cluster-description.ts';
import { kubectl } from './run-kubectl.ts';

// A server in the test's hands takes the place of the run's cluster.
const folder = mkdtempSync(join(tmpdir(), 'skyports-busy-'));
const file = (name: string) => join(folder, name);
const issuer = { commonName: 'Busy' };
const authority = createAuthority(issuer.commonName);
const { certificate, privateKey } = issueCertificate(authority, issuer, { commonName: 'busy', hosts: ['127.0.0.1'] });
const busy = [
  504,
  { reason: 'Timeout', message: 'Timeout: request did not complete within requested timeout' },
] as const;
/** The answers to a path, one after the other; the last one also to later requests. */
const answers: Record<string, (readonly [number, object])[]> = {};
const asked: Record<string, number> = {};

const server = createServer({ cert: certificate, key: privateKey }, (incoming, response) => {
  const line = `${incoming.method} ${incoming.url}`;
  asked[line] = (asked[line] ?? 0) + 1;
  const left = answers[line]!;
  const [status, body] = left.length > 1 ? left.shift()! : left[0]!;
  response.writeHead(status).end(JSON.stringify(body));
});

test.before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const description: Partial<ClusterDescription> = {
    server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificateAuthority: file('authority.pem'),
    adminToken: 'token',
    adminKubeconfig: file('kubeconfig'),
    kubectl: file('kubectl'),
    temporaryFolder: folder,
  };
  mkdirSync(file('home'));
  writeFileSync(file('authority.pem'), authority.certificate);
  writeFileSync(file('cluster.json'), JSON.stringify(description));
  process.env[clusterVariable] = file('cluster.json');
});

test.after.always(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

test('a request that a busy server gave up is sent again', async (t) => {
  answers['GET /once'] = [busy, [200, { kind: 'Pod' }]];
  t.deepEqual(await admin('GET', '/once'), { kind: 'Pod' });
  t.is(asked['GET /once'], 2);
});

test('an object that an attempt made although it was given up is the answer', async (t) => {
  answers['POST /made?fieldManager=x'] = [busy, [409, { reason: 'AlreadyExists', message: '"web" already exists' }]];
  answers['GET /made/web'] = [[200, { metadata: { name: 'web', uid: '1' } }]];
  const made = await admin('POST', '/made?fieldManager=x', { metadata: { name: 'web' } });
  t.is(made.metadata.uid, '1');
  answers['DELETE /gone'] = [busy, [404, { reason: 'NotFound', message: 'not found' }]];
  await t.notThrowsAsync(admin('DELETE', '/gone'));
});

test('an object that existed before is an error, and so is one that does not exist', async (t) => {
  answers['POST /there'] = [[409, { reason: 'AlreadyExists', message: '"web" already exists' }]];
  await t.throwsAsync(admin('POST', '/there', { metadata: { name: 'web' } }), { message: /409 "web" already exists/ });
  answers['DELETE /nothing'] = [[404, { reason: 'NotFound', message: 'not found' }]];
  await t.throwsAsync(admin('DELETE', '/nothing'), { message: /404 not found/ });
});

test('other refusals are not tried again', async (t) => {
  answers['PATCH /refused'] = [[403, { reason: 'Forbidden', message: 'forbidden' }]];
  await t.throwsAsync(admin('PATCH', '/refused', {}), { message: 'PATCH /refused: 403 forbidden' });
  t.is(asked['PATCH /refused'], 1);
});

test('kubectl runs again if it gave up reading the schema, and only then', async (t) => {
  const runs = file('runs');
  const script = (error: string) => {
    writeFileSync(
      file('kubectl'),
      `#!/bin/sh\necho >>${runs}\n[ $(wc -l <${runs}) = 2 ] || { echo '${error}' >&2; exit 1; }\n`,
    );
    chmodSync(file('kubectl'), 0o755);
    rmSync(runs, { force: true });
  };
  script('error validating data: Get "https://127.0.0.1:1/openapi/v2?timeout=32s": context deadline exceeded; if');
  t.is((await kubectl(['apply'])).code, 0);
  t.is(readFileSync(runs, 'utf8'), '\n\n');
  script('Error from server (Forbidden): pods is forbidden');
  t.is((await kubectl(['apply'])).code, 1);
  t.is(readFileSync(runs, 'utf8'), '\n');
});
