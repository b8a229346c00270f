import test from 'ava';
import { isCidr, isIpAddress, scopeOf } from '../../src/exposure/scope.ts';

const scopes = {
  '203.0.113.5': 'public',
  '100.63.255.255': 'public',
  '100.128.0.0': 'public',
  '172.32.0.1': 'public',
  '2001:db8::1': 'public',
  '10.0.0.1': 'private',
  '172.16.0.1': 'private',
  '172.31.255.255': 'private',
  '192.168.1.1': 'private',
  '100.64.0.1': 'private',
  '100.127.255.255': 'private',
  '169.254.1.1': 'private',
  'fd00::1': 'private',
  'fc00::1': 'private',
  'fe80::1': 'private',
  '::ffff:10.0.0.1': 'private',
  '127.0.0.1': 'local',
  '127.9.9.9': 'local',
  '::1': 'local',
  localhost: 'local',
  'lb.example.com': null,
  'localhost.example.com': null,
  '10.1': null,
};
for (const [address, scope] of Object.entries(scopes)) {
  test(`${address} is ${scope ?? 'for DNS to tell'}`, (t) => t.is(scopeOf(address), scope as never));
}

const addresses = {
  '203.0.113.5': true,
  '::1': true,
  '2001:db8::1': true,
  '10.1': false,
  '0x7f.1': false,
  '1.2.3.256': false,
  '[::1]': false,
  'a.example.com': false,
  '': false,
};
for (const [text, expected] of Object.entries(addresses)) {
  test(`"${text}" is ${expected ? 'an' : 'no'} IP address`, (t) => t.is(isIpAddress(text), expected));
}

const ranges = {
  '203.0.113.0/24': true,
  '0.0.0.0/0': true,
  '2001:db8::/32': true,
  '::/0': true,
  '203.0.113.0': false,
  '203.0.113.0/33': false,
  '203.0.113.0/': false,
  '203.0.113.0/2/4': false,
  '203.0.113/24': false,
  '203.0.113.0/-1': false,
  '2001:db8::/129': false,
  'example.com/24': false,
  '': false,
};
for (const [text, expected] of Object.entries(ranges)) {
  test(`"${text}" is ${expected ? 'an' : 'no'} address range`, (t) => t.is(isCidr(text), expected));
}
