import test, { type ExecutionContext } from 'ava';
import { connect } from '../../src/kubernetes/api/connect.ts';
import { kubeconfig, kubectlAsks, makeScene, type Scenario, weAsk } from './beside-kubectl.ts';
import { httpProxy, type RecordingProxy, socksProxy } from './recording-proxy.ts';
import { issue, recordingServer } from './recording-server.ts';
import { systemForTest } from './system-for-test.ts';

const server = (t: ExecutionContext) => makeScene(t);

/** Both go through the proxy to server a, and ask it for the same. */
async function bothGoThrough(
  t: ExecutionContext,
  proxy: RecordingProxy,
  arrange: (scene: Awaited<ReturnType<typeof server>>) => Scenario,
): Promise<string> {
  const scene = await server(t);
  const scenario = arrange(scene);
  const theirs = await kubectlAsks(scene, scenario);
  const theirWay = [...new Set(proxy.asked.splice(0))];
  const ours = await weAsk(scene, scenario);
  t.is(theirs.error, '');
  t.deepEqual(ours, theirs);
  t.deepEqual([...new Set(proxy.asked.splice(0))], theirWay);
  return ours.asked.length === 1 ? theirWay.join().replace(String(scene.a.port), 'PORT') : 'not asked';
}

for (const [what, make, scheme] of [
  ['http', httpProxy, 'http'],
  ['socks5', socksProxy, 'socks5'],
] as const) {
  test(`proxy-url ${what}://`, async (t) => {
    const proxy = await make(t);
    const way = await bothGoThrough(t, proxy, (scene) => ({
      flags: {
        kubeconfig: scene.file(
          'config',
          kubeconfig(scene, { cluster: { 'proxy-url': `${scheme}://127.0.0.1:${proxy.port}` } }),
        ),
      },
    }));
    t.is(way, 'CONNECT 127.0.0.1:PORT');
  });

  test(`proxy-url ${what}:// with a user and a name that only the proxy knows`, async (t) => {
    const proxy = what === 'http' ? await httpProxy(t) : await socksProxy(t, { password: 'p@:w' });
    const way = await bothGoThrough(t, proxy, (scene) => ({
      flags: {
        kubeconfig: scene.file(
          'config',
          kubeconfig(scene, {
            cluster: {
              server: `https://kubernetes.example:${scene.a.port}`,
              'proxy-url': `${scheme}://jane:p%40%3Aw@127.0.0.1:${proxy.port}`,
            },
          }),
        ),
      },
    }));
    t.is(way, 'CONNECT kubernetes.example:PORT as jane:p@:w');
  });
}

test("proxy-url https:// is checked against the kubeconfig's authority", async (t) => {
  const proxy = await httpProxy(t, { tls: issue('proxy', { hosts: ['127.0.0.1'] }) });
  const way = await bothGoThrough(t, proxy, (scene) => ({
    flags: {
      kubeconfig: scene.file(
        'config',
        kubeconfig(scene, { cluster: { 'proxy-url': `https://127.0.0.1:${proxy.port}` } }),
      ),
    },
  }));
  t.is(way, 'CONNECT 127.0.0.1:PORT');
});

test('HTTPS_PROXY, unless NO_PROXY excepts the server', async (t) => {
  const proxy = await httpProxy(t);
  const to = (name: string, env: Record<string, string>) =>
    bothGoThrough(t, proxy, (scene) => ({
      env: { HTTPS_PROXY: `127.0.0.1:${proxy.port}`, ...env },
      flags: {
        kubeconfig: scene.file(
          'config',
          kubeconfig(scene, { cluster: { server: `https://${name}:${scene.a.port}`, 'tls-server-name': 'localhost' } }),
        ),
      },
    }));
  t.is(await to('kubernetes.example', {}), 'CONNECT kubernetes.example:PORT');
  t.is(
    await to('kubernetes.example', {
      NO_PROXY: 'example.org, .kubernetes.example,10.0.0.0/8, other.example:443,kubernetes.example:1',
    }),
    'CONNECT kubernetes.example:PORT',
  );
  t.is(await to('10.1.2.3', { no_proxy: '10.0.0.0/16,192.168.0.0/16,10.1.2.4' }), 'CONNECT 10.1.2.3:PORT');
  // This machine is never asked through a proxy of the environment, and these names lead to it.
  t.is(await to('127.0.0.1', {}), '');
  t.is(await to('localhost', {}), '');
});

test('https_proxy in lower case, and a SOCKS proxy there', async (t) => {
  const proxy = await socksProxy(t);
  const way = await bothGoThrough(t, proxy, (scene) => ({
    env: { https_proxy: `socks5://127.0.0.1:${proxy.port}` },
    flags: {
      kubeconfig: scene.file(
        'config',
        kubeconfig(scene, { cluster: { server: `https://kubernetes.example:${scene.a.port}` } }),
      ),
    },
  }));
  t.is(way, 'CONNECT kubernetes.example:PORT');
});

test('proxy-url comes before HTTPS_PROXY, and NO_PROXY does not count for it', async (t) => {
  const proxy = await httpProxy(t);
  const way = await bothGoThrough(t, proxy, (scene) => ({
    env: { HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: '*' },
    flags: {
      kubeconfig: scene.file(
        'config',
        kubeconfig(scene, { cluster: { 'proxy-url': `http://127.0.0.1:${proxy.port}` } }),
      ),
    },
  }));
  t.is(way, 'CONNECT 127.0.0.1:PORT');
});

test('a plain http server through an http and a SOCKS proxy', async (t) => {
  const plain = await recordingServer({ plain: true });
  t.teardown(() => plain.close());
  const [http, socks] = [await httpProxy(t), await socksProxy(t)];
  for (const proxy of [http, socks]) {
    const scheme = proxy === http ? 'http' : 'socks5';
    const scene = await makeScene(t, { plain: true });
    const config = scene.file(
      'config',
      kubeconfig(scene, { cluster: { 'proxy-url': `${scheme}://127.0.0.1:${proxy.port}` } }),
    );
    const scenario = { flags: { kubeconfig: config } };
    const theirs = await kubectlAsks(scene, scenario);
    const theirWay = proxy.asked.splice(0).filter((asked) => !/\/apis?(\?|\/v1\?)/.test(asked));
    const ours = await weAsk(scene, scenario);
    t.deepEqual(ours, theirs);
    t.deepEqual(
      proxy.asked.map((asked) => asked.replace(/\?.*/, '')),
      [...new Set(theirWay.map((asked) => asked.replace(/\?.*/, '')))],
    );
  }
});

test('connections through a proxy are kept', async (t) => {
  const scene = await makeScene(t);
  const proxy = await httpProxy(t);
  const config = scene.file(
    'config',
    kubeconfig(scene, { cluster: { 'proxy-url': `http://127.0.0.1:${proxy.port}` } }),
  );
  const { api, close } = await connect({ kubeconfig: config }, systemForTest({ cwd: scene.folder }));
  for (let count = 0; count < 3; count++) await api.list('/api/v1/pods');
  close();
  t.is(proxy.asked.length, 1);
});
