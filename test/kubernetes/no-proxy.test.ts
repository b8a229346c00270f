import test from 'ava';
import type { Target } from '../../src/kubernetes/kubeconfig/target.ts';
import { proxyOf } from '../../src/kubernetes/transport/proxy.ts';

// Only asked, never connected to: what is excepted would have to leave this machine. As golang.org/x/net/http/httpproxy.
const proxyTo = (server: string, env: Record<string, string>, proxyUrl?: string) =>
  proxyOf({ server, cluster: { proxyUrl } } as Target, env)?.href;

for (const [noProxy, server, excepted] of [
  ['*', 'https://api.example', true],
  ['api.example', 'https://api.example', true],
  ['API.Example ', 'https://api.example', true],
  ['example', 'https://api.example', true],
  ['.example', 'https://api.example', true],
  ['*.example', 'https://api.example', true],
  ['.api.example', 'https://api.example', false],
  ['pi.example', 'https://api.example', false],
  ['other,,api.example', 'https://api.example', true],
  ['', 'https://api.example', false],
  ['api.example:6443', 'https://api.example:6443', true],
  ['api.example:6443', 'https://api.example', false],
  ['api.example:443', 'https://api.example', true],
  ['10.1.2.3', 'https://10.1.2.3:6443', true],
  ['10.1.2.3:6443', 'https://10.1.2.3:6443', true],
  ['10.1.2.3:1', 'https://10.1.2.3:6443', false],
  ['10.1.2.4', 'https://10.1.2.3', false],
  ['2.3', 'https://10.1.2.3', false],
  ['fd00::/8', 'https://10.1.2.3', false],
  ['10.0.0.0/8', 'https://[fd00::1]', false],
  ['10.0.0.0/8', 'https://10.1.2.3', true],
  ['10.0.0.0/16', 'https://10.1.2.3', false],
  ['10.0.0.0/33', 'https://10.1.2.3', false],
  ['10.0.0.0/8', 'https://api.example', false],
  ['fd00::/8', 'https://[fd00::1]:6443', true],
  ['fd00::1', 'https://[fd00::1]:6443', true],
  ['[fd00::1]:6443', 'https://[fd00::1]:6443', true],
  ['fd00::2', 'https://[fd00::1]:6443', false],
] as const) {
  test(`NO_PROXY=${noProxy || "''"} ${excepted ? 'excepts' : 'does not except'} ${server}`, (t) => {
    const through = proxyTo(server, { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: noProxy });
    t.is(through, excepted ? undefined : 'http://proxy:3128/');
  });
}

test('this machine is excepted, whatever its address', (t) => {
  for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '[::1]']) {
    t.is(proxyTo(`https://${host}:6443`, { HTTPS_PROXY: 'http://proxy:3128' }), undefined);
    t.is(proxyTo(`https://${host}:6443`, {}, 'http://proxy:3128'), 'http://proxy:3128/', 'not from the proxy-url');
  }
});

test('which variable counts', (t) => {
  const all = {
    HTTPS_PROXY: 'http://s:1',
    https_proxy: 'http://s:2',
    HTTP_PROXY: 'http://p:1',
    http_proxy: 'http://p:2',
  };
  t.is(proxyTo('https://x', all), 'http://s:1/');
  t.is(proxyTo('http://x', all), 'http://p:1/');
  t.is(proxyTo('https://x', { https_proxy: 's:2' }), 'http://s:2/');
  t.is(proxyTo('http://x', { http_proxy: 'socks5://p:2' }), 'socks5://p:2');
  t.is(proxyTo('https://x', { ALL_PROXY: 'http://a:1', HTTP_PROXY: 'http://p:1' }), undefined);
  t.is(proxyTo('https://x', { HTTPS_PROXY: 'http://s:1', no_proxy: 'x' }), undefined);
});

test('a proxy of an unknown kind is refused with the variable it stands in', (t) => {
  for (const written of ['ftp://s:1', 'http://s:x']) {
    const error = t.throws(() => proxyTo('https://x', { HTTPS_PROXY: written }));
    t.is(error?.message, `invalid proxy address "${written}" in HTTPS_PROXY`);
  }
});
