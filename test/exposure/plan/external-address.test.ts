import test from 'ava';
import { command } from '../../../src/errors/cure.ts';
import { UsageError } from '../../../src/errors/usage-error.ts';
import { oddityOf, parseExternalAddress, whyUnreachable } from '../../../src/exposure/plan/external-address.ts';

const parse = (text: string) => parseExternalAddress(text, (address) => command`annotate ${address}`);

for (const text of ['203.0.113.7', 'gpu.example.com', 'gpu-1', 'Ingress.Example.COM', 'localhost', '7.example.com']) {
  test(`${text} is an address`, (t) => t.is(parse(text), text));
}

const refused: Readonly<Record<string, readonly [reason: RegExp, cure: string]>> = {
  '': [/empty ADDRESS/, 'annotate ADDRESS'],
  '   ': [/empty ADDRESS/, 'annotate ADDRESS'],
  'http://203.0.113.7': [/no scheme.*http:\/\/http:\/\//, 'annotate 203.0.113.7'],
  'https://gpu.example.com:8443/x?y': [/no scheme/, 'annotate gpu.example.com'],
  'gpu.example.com:8080': [/no port.*two/, 'annotate gpu.example.com'],
  '203.0.113.7:': [/no port/, 'annotate 203.0.113.7'],
  'gpu.example.com/app': [/no path/, 'annotate gpu.example.com'],
  '203.0.113.0/24': [/network \(CIDR\)/, 'annotate ADDRESS'],
  '0.0.0.0/0': [/network \(CIDR\)/, 'annotate ADDRESS'],
  '203.0.113.7/32': [/no path/, 'annotate 203.0.113.7'],
  '2001:db8::1': [/IPv6.*brackets/, 'annotate ADDRESS'],
  '[2001:db8::1]': [/IPv6.*brackets/, 'annotate ADDRESS'],
  '::1': [/IPv6/, 'annotate ADDRESS'],
  '203.0.113.300': [/not a valid IPv4 address/, 'annotate ADDRESS'],
  '203.0.113': [/not a valid IPv4 address/, 'annotate ADDRESS'],
  'gpu_1.example.com': [/neither/, 'annotate ADDRESS'],
  'gpu.example.com.': [/neither/, 'annotate gpu.example.com'],
  '-gpu': [/neither/, 'annotate ADDRESS'],
  'two words': [/neither/, 'annotate ADDRESS'],
  [`${'a'.repeat(64)}.example.com`]: [/neither/, 'annotate ADDRESS'],
  [`${'a.'.repeat(127)}aa`]: [/neither/, 'annotate ADDRESS'],
};

for (const [text, [reason, cure]] of Object.entries(refused)) {
  test(`"${text.slice(0, 40)}" is refused with a reason and a cure`, (t) => {
    const error = t.throws<UsageError>(() => parse(text), { instanceOf: UsageError, message: reason });
    t.is(error.code, 'invalid-address');
    t.deepEqual(
      error.cures.map((each) => each.command),
      [cure],
    );
    t.is(/ADDRESS is an IPv4 address/.test(error.cures[0]?.note ?? ''), cure.includes('ADDRESS'));
  });
}

for (const [address, why] of Object.entries({
  localhost: /their own machine/,
  'api.localhost': /their own machine/,
  '127.0.0.1': /their own machine/,
  '127.8.9.1': /their own machine/,
  '0.0.0.0': /nothing can connect to it/,
  train: /without a dot/,
})) {
  test(`${address} is an address that users could hardly reach`, (t) => t.regex(whyUnreachable(address) ?? '', why));
}

test('an address that users can reach needs no --force; one that ends in .0 is odd', (t) => {
  for (const address of ['203.0.113.7', 'gpu.example.com', '10.0.0.5', 'localhost.example.com', '203.0.113.0']) {
    t.is(whyUnreachable(address), undefined, address);
  }
  t.regex(oddityOf('203.0.113.0') ?? '', /ends in \.0/);
  for (const address of ['203.0.113.10', 'v1.0', 'gpu.example.com']) t.is(oddityOf(address), undefined, address);
});
