import test from 'ava';
import { hostAndPort, type SchemeHints, schemeOf, urlOf } from '../../src/exposure/url.ts';

const schemes: readonly [SchemeHints, 'http' | 'https' | null][] = [
  [{ port: 8888 }, 'http'],
  [{ port: 443 }, 'https'],
  [{ port: 8443 }, 'https'],
  [{ port: 9000, appProtocol: 'https' }, 'https'],
  [{ port: 9000, appProtocol: 'HTTPS' }, 'https'],
  [{ port: 9000, appProtocol: 'example.com/https' }, 'https'],
  [{ port: 9000, appProtocol: 'kubernetes.io/h2c' }, 'http'],
  [{ port: 9000, name: 'https' }, 'https'],
  [{ port: 9000, name: 'https-web' }, 'https'],
  [{ port: 9000, name: 'web-https' }, 'https'],
  [{ port: 9000, name: 'nothttps' }, 'http'],
  [{ port: 9000, name: 'port9000' }, 'http'],
  [{ port: 443, protocol: 'UDP' }, null],
  [{ port: 9000, protocol: 'SCTP', name: 'https' }, null],
  [{ port: 9000, protocol: 'TCP' }, 'http'],
];
for (const [hints, scheme] of schemes) {
  test(`${JSON.stringify(hints)} speaks ${scheme}`, (t) => t.is(schemeOf(hints), scheme));
}

const urls = {
  'http://203.0.113.5:8888': urlOf('http', '203.0.113.5', 8888),
  'http://203.0.113.5': urlOf('http', '203.0.113.5', 80),
  'https://203.0.113.5': urlOf('https', '203.0.113.5', 443),
  'http://203.0.113.5:443': urlOf('http', '203.0.113.5', 443),
  'https://a.example.com:80/x': urlOf('https', 'a.example.com', 80, '/x'),
  'http://[2001:db8::1]:8888/x': urlOf('http', '2001:db8::1', 8888, '/x'),
  'https://[2001:db8::1]': urlOf('https', '2001:db8::1', 443),
};
for (const [expected, url] of Object.entries(urls)) {
  test(expected, (t) => {
    t.is(url, expected);
    t.true(URL.canParse(expected));
  });
}

test('no URL without a scheme', (t) => t.is(urlOf(null, '203.0.113.5', 53), null));

test('brackets round IPv6 only', (t) => {
  t.is(hostAndPort('2001:db8::1', 53), '[2001:db8::1]:53');
  t.is(hostAndPort('203.0.113.5', 53), '203.0.113.5:53');
});
