import test from 'ava';
import { UsageError } from '../../../src/errors/usage-error.ts';
import { parseExternalAddress } from '../../../src/exposure/plan/external-address.ts';

const parse = (text: string) => parseExternalAddress(text, (address) => `annotate ${address}`);

for (const text of ['203.0.113.7', 'gpu.example.com', 'gpu-1', 'Ingress.Example.COM', 'localhost', '7.example.com']) {
  test(`${text} is an address`, (t) => t.is(parse(text), text));
}

const refused: Readonly<Record<string, readonly [reason: RegExp, cure: string | RegExp]>> = {
  '': [/empty ADDRESS/, /^annotate ADDRESS /],
  '   ': [/empty ADDRESS/, /^annotate ADDRESS /],
  'http://203.0.113.7': [/no scheme.*http:\/\/http:\/\//, 'annotate 203.0.113.7'],
  'https://gpu.example.com:8443/x?y': [/no scheme/, 'annotate gpu.example.com'],
  'gpu.example.com:8080': [/no port.*two/, 'annotate gpu.example.com'],
  '203.0.113.7:': [/no port/, 'annotate 203.0.113.7'],
  'gpu.example.com/app': [/no path/, 'annotate gpu.example.com'],
  '203.0.113.0/24': [/no path/, 'annotate 203.0.113.0'],
  '2001:db8::1': [/IPv6.*brackets/, /^annotate ADDRESS .*IPv4/],
  '[2001:db8::1]': [/IPv6.*brackets/, /^annotate ADDRESS /],
  '::1': [/IPv6/, /^annotate ADDRESS /],
  '203.0.113.300': [/no IPv4 address/, /^annotate ADDRESS /],
  '203.0.113': [/no IPv4 address/, /^annotate ADDRESS /],
  'gpu_1.example.com': [/neither/, /^annotate ADDRESS /],
  'gpu.example.com.': [/neither/, 'annotate gpu.example.com'],
  '-gpu': [/neither/, /^annotate ADDRESS /],
  'two words': [/neither/, /^annotate ADDRESS /],
  [`${'a'.repeat(64)}.example.com`]: [/neither/, /^annotate ADDRESS /],
  [`${'a.'.repeat(127)}aa`]: [/neither/, /^annotate ADDRESS /],
};

for (const [text, [reason, cure]] of Object.entries(refused)) {
  test(`"${text.slice(0, 40)}" is refused with a reason and a cure`, (t) => {
    const error = t.throws<UsageError>(() => parse(text), { instanceOf: UsageError, message: reason });
    if (typeof cure === 'string') t.is(error.cure, cure);
    else t.regex(error.cure ?? '', cure);
  });
}
