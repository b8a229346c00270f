import test from 'ava';
import { isOpenToOthers, listeningSockets } from '../../src/snapshot/listening-sockets.ts';

// Captured with `cat /proc/net/tcp /proc/net/tcp6` beside listeners on these addresses.
const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     \n';
const tail =
  ' 00000000:00000000 00:00000000 00000000     0        0 29123 1 0000000000000000 100 0 0 10 0                     \n';
const v4 = (index: number, local: string, state = '0A') => `   ${index}: ${local} 00000000:0000 ${state}${tail}`;
const v6 = (index: number, local: string, state = '0A') =>
  `   ${index}: ${local} 00000000000000000000000000000000:0000 ${state}${tail}`;

const cases: readonly [name: string, text: string, expected: readonly (readonly [string, number])[]][] = [
  ['nothing', head, []],
  ['all IPv4 addresses', head + v4(0, '00000000:22B8'), [['0.0.0.0', 8888]]],
  ['loopback', head + v4(0, '0100007F:22B8'), [['127.0.0.1', 8888]]],
  ['one address', head + v4(0, '0500F40A:22B8'), [['10.244.0.5', 8888]]],
  ['all addresses of both families', head + v6(0, `${'0'.repeat(32)}:22B8`), [['::', 8888]]],
  ['loopback of IPv6', head + v6(0, '00000000000000000000000001000000:22B8'), [['::1', 8888]]],
  [
    'an IPv4 address held by a socket of both',
    head + v6(0, '0000000000000000FFFF00000100007F:22B8'),
    [['127.0.0.1', 8888]],
  ],
  ['an IPv6 address', head + v6(0, 'B80D0120000000000000000001000000:1F90'), [['2001:db8::1', 8080]]],
  [
    'the longest run of zeros is left out',
    head + v6(0, '000001200000000001000000000002FE:0050'),
    [['2001::1:fe02:0', 80]],
  ],
  ['connections that are open or closing', head + v4(0, '0500F40A:22B8', '01') + v4(1, '0500F40A:22B8', '06'), []],
  ['lines that are cut off', `${head}   0: 00000000:22B8 0000`, []],
  [
    'both files behind each other, in any order, each socket once',
    head +
      v4(0, '00000000:1F90') +
      v4(1, '0100007F:0050') +
      head +
      v6(0, `${'0'.repeat(32)}:1F90`) +
      v6(1, `${'0'.repeat(32)}:1F90`),
    [
      ['127.0.0.1', 80],
      ['0.0.0.0', 8080],
      ['::', 8080],
    ],
  ],
];

for (const [name, text, expected] of cases) {
  test(`sockets that listen: ${name}`, (t) => {
    t.deepEqual(
      listeningSockets(text).map(({ address, port }) => [address, port] as const),
      expected,
    );
  });
}

for (const [address, expected] of [
  ['0.0.0.0', true],
  ['::', true],
  ['10.244.0.5', true],
  ['2001:db8::1', true],
  ['127.0.0.1', false],
  ['127.0.0.53', false],
  ['::1', false],
] as const) {
  test(`a socket on ${address} takes connections of ${expected ? 'others' : 'its own Pod alone'}`, (t) => {
    t.is(isOpenToOthers({ address, port: 80 }), expected);
  });
}
