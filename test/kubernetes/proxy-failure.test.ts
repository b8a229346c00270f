import test, { type ExecutionContext } from 'ava';
import { kubeconfig, makeScene, weAsk } from './beside-kubectl.ts';
import { httpProxy, socksProxy } from './recording-proxy.ts';

for (const [what, make, reason] of [
  [
    'that refuses',
    (t: ExecutionContext) => httpProxy(t, { refuse: '407 Proxy Authentication Required' }),
    'Proxy Authentication Required (407)',
  ],
  ['of SOCKS that refuses', (t: ExecutionContext) => socksProxy(t, { reply: 2 }), 'connection not allowed by ruleset'],
  [
    'of SOCKS that wants a password',
    (t: ExecutionContext) => socksProxy(t, { password: 'x' }),
    'no acceptable authentication methods',
  ],
  ['that is not there', async () => ({ port: 1, asked: [] }), 'connection refused'],
] as const) {
  test(`a proxy ${what} is named, without its password`, async (t) => {
    const scene = await makeScene(t);
    const proxy = await make(t);
    const scheme = what.includes('SOCKS') ? 'socks5' : 'http';
    const user = what.includes('wants') ? '' : 'jane:secret@';
    const config = scene.file(
      'config',
      kubeconfig(scene, { cluster: { 'proxy-url': `${scheme}://${user}127.0.0.1:${proxy.port}` } }),
    );
    const { error, asked } = await weAsk(scene, { flags: { kubeconfig: config } });
    t.is(
      error,
      `Unable to connect to the server: proxyconnect: ${scheme}://127.0.0.1:${proxy.port}: ${reason} (${scene.a.url}, context "main" of ${config})`,
    );
    t.deepEqual(asked, []);
  });
}

test('a TLS fault behind a proxy says whose certificate it was', async (t) => {
  const scene = await makeScene(t);
  const proxy = await httpProxy(t);
  const config = scene.file(
    'config',
    kubeconfig(scene, {
      cluster: { 'certificate-authority': undefined, 'proxy-url': `http://127.0.0.1:${proxy.port}` },
    }),
  );
  const { error } = await weAsk(scene, { flags: { kubeconfig: config } });
  t.true(error.includes('it shows a certificate of "recording-server" by "recording-authority"'), error);
});
