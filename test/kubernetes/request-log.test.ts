import test from 'ava';
import { connected, json, status } from './connected.ts';

const secretData = {
  kind: 'Secret',
  metadata: { name: 's', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'aGlkZGVu' } },
  data: { password: 'aGlkZGVu' },
  stringData: { other: 'aGlkZGVu' },
};
const answers: Record<string, object> = {
  '/one': { kind: 'Service', spec: { data: 'shown' } },
  '/secret': secretData,
  '/secrets': { kind: 'SecretList', items: [{ ...secretData, kind: undefined }] },
  '/token': { kind: 'TokenRequest', status: { token: 'aGlkZGVu', expirationTimestamp: 'shown' } },
  '/long': { text: 'x'.repeat(20_000) },
};

async function logged(
  t: import('ava').ExecutionContext,
  verbosity: number | undefined,
  paths: readonly string[],
): Promise<string[]> {
  const { api, scene, written } = await connected(
    t,
    (request, response) => {
      response.setHeader('set-cookie', 'session=aGlkZGVu');
      const answer = answers[request.url!];
      return answer ? json(response, answer) : json(response, status(404, 'NotFound'), 404);
    },
    verbosity === undefined ? {} : { verbosity },
  );
  for (const path of paths) await api.get(path).catch(() => {});
  await api.create('/one', secretData).catch(() => {});
  return written()
    .replaceAll(scene.a.url, 'SERVER')
    .replace(/in \d+ ms/g, 'in N ms')
    .split('\n')
    .slice(0, -1);
}

test('nothing is logged below -v=6', async (t) => {
  t.deepEqual(await logged(t, undefined, ['/one']), []);
  t.deepEqual(await logged(t, 5, ['/one']), []);
});

test('-v=6: method, URL, status and time', async (t) => {
  t.deepEqual(await logged(t, 6, ['/one', '/lost']), [
    'GET SERVER/one 200 OK in N ms',
    'GET SERVER/lost 404 Not Found in N ms',
    'POST SERVER/one 200 OK in N ms',
  ]);
});

test('-v=7: headers too, credentials masked', async (t) => {
  const lines = await logged(t, 7, ['/one']);
  t.true(lines[0]!.startsWith('GET SERVER/one request headers: {"accept":"application/json"'));
  t.true(lines[0]!.includes('"Authorization":"<masked>"'));
  t.is(lines[1], 'GET SERVER/one 200 OK in N ms');
  t.true(lines[2]!.startsWith('GET SERVER/one response headers: {"set-cookie":"<masked>"'), lines[2]);
  t.is(lines.length, 6);
  t.false(lines.join().includes('token-of-main'));
});

test('-v=8: bodies too, without what Secrets and tokens hold, cut like kubectl cuts', async (t) => {
  const lines = await logged(t, 8, Object.keys(answers));
  const body = (path: string) =>
    lines.find((line) => line.startsWith(`GET SERVER${path} response body: `))?.replace(/.*? body: /, '');
  t.is(body('/one'), JSON.stringify(answers['/one']));
  t.true(body('/secret')?.includes('"data":"<masked>","stringData":"<masked>"'));
  t.true(body('/token')?.includes('"token":"<masked>","expirationTimestamp":"shown"'));
  t.is(body('/long'), `${JSON.stringify(answers['/long']).slice(0, 1024)} [truncated ${20_011 - 1024} chars]`);
  t.true(lines.some((line) => line.startsWith('POST SERVER/one request body: {"kind":"Secret"')));
  t.false(lines.join().includes('aGlkZGVu'));
});

test('-v=9 cuts later, -v=10 not at all', async (t) => {
  const length = async (verbosity: number) =>
    (await logged(t, verbosity, ['/long'])).find((line) => line.includes('response body'))!.length;
  t.true((await length(9)) < 10_400);
  t.true((await length(10)) > 20_000);
});

test('control characters in a body do not reach the terminal', async (t) => {
  const { api, written } = await connected(t, (_, response) => json(response, { name: 'a\u009b31m\u007f' }), {
    verbosity: 8,
  });
  await api.get('/x');
  t.true(written().includes('response body: {"name":"a\\u009b31m\\u007f"}\n'), JSON.stringify(written()));
});

test('a request that fails is logged too', async (t) => {
  const { api, written } = await connected(t, (request) => request.socket.destroy(), { verbosity: 6 });
  await t.throwsAsync(api.get('/x'));
  t.regex(written(), /^GET \S+\/x failed after \d+ ms: socket hang up\n$/);
});

test('warnings of the server are shown once each, whatever the verbosity', async (t) => {
  const { api, written } = await connected(t, (_, response) => {
    response.setHeader('warning', [
      '299 - "v1 is \\"old\\" \\\\ bad"',
      Buffer.from('299 - "grüße\t[1m", 299 kube "second"').toString('latin1'),
    ]);
    json(response, {});
  });
  await api.get('/x');
  await api.get('/y');
  t.is(written(), 'Warning: v1 is "old" \\ bad\nWarning: grüße [1m\nWarning: second\n');
});
