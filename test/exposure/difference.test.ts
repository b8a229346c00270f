import test from 'ava';
import { differenceBetween } from '../../src/exposure/difference.ts';

const path = '/skypilot/default/train/8888';
const cases: readonly [ours: string | null, prints: string | null, differs: string | null][] = [
  ['http://203.0.113.5:8888', '203.0.113.5:8888', null],
  ['https://203.0.113.5', '203.0.113.5:443', null],
  ['http://203.0.113.5', '203.0.113.5:80', null],
  [`http://203.0.113.5${path}`, `http://203.0.113.5${path}`, null],
  [null, null, null],
  ['http://203.0.113.5:8888', null, 'SkyPilot prints nothing for this port'],
  [
    null,
    `http://localhost:30080${path}`,
    `SkyPilot prints an address that does not work: http://localhost:30080${path}`,
  ],
  [
    `https://203.0.113.5${path}`,
    `http://203.0.113.5${path}`,
    'SkyPilot prints http, this port speaks https; SkyPilot prints port 80, this endpoint answers at port 443',
  ],
  [
    'http://203.0.113.6:8888',
    '203.0.113.5:8888',
    'SkyPilot prints host 203.0.113.5, this endpoint answers at 203.0.113.6',
  ],
  [
    `http://203.0.113.5/skypilot/train/8888`,
    `http://203.0.113.5${path}`,
    `SkyPilot prints path ${path}, the Ingress serves /skypilot/train/8888`,
  ],
  [
    'http://a.example.com',
    `http://203.0.113.5${path}`,
    `SkyPilot prints host 203.0.113.5, this endpoint answers at a.example.com; SkyPilot prints path ${path}, the Ingress serves /`,
  ],
  [
    `http://203.0.113.5${path}`,
    `http://203.0.113.5:30080${path}`,
    'SkyPilot prints port 30080, this endpoint answers at port 80',
  ],
  ['http://[2001:db8::1]:8888', '2001:db8::1:8888', 'SkyPilot prints the IPv6 address without brackets'],
  [`http://[2001:db8::1]${path}`, `http://2001:db8::1${path}`, 'SkyPilot prints the IPv6 address without brackets'],
  [
    `http://[2001:db8::1]:30080${path}`,
    `http://2001:db8::1:30080${path}`,
    'SkyPilot prints the IPv6 address without brackets',
  ],
  [
    'http://[2001:db8::1]:8888',
    '203.0.113.5:8888',
    'SkyPilot prints host 203.0.113.5, this endpoint answers at [2001:db8::1]',
  ],
  [
    `http://203.0.113.5${path}`,
    `http://:30080${path}`,
    `SkyPilot prints http://:30080${path}, which is not a valid address`,
  ],
  [
    `http://203.0.113.5${path}`,
    `http://host:8080:30080${path}`,
    `SkyPilot prints http://host:8080:30080${path}, which is not a valid address`,
  ],
  [
    `http://203.0.113.5${path}`,
    `http://http://host:30080${path}`,
    `SkyPilot prints http://http://host:30080${path}, which is not a valid address`,
  ],
];
for (const [ours, prints, differs] of cases) {
  test(`${ours} and ${prints}`, (t) => t.is(differenceBetween(ours, prints), differs));
}
