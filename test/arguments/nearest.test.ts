import test from 'ava';
import { nearestOf } from '../../src/arguments/nearest.ts';

const words = ['endpoints', 'expose', 'unexpose', 'doctor', 'all-namespaces', 'port', 'open'];

const cases = {
  endpoint: 'endpoints',
  edpoints: 'endpoints',
  endpionts: 'endpoints',
  exposed: 'expose',
  unexpse: 'unexpose',
  doc: 'doctor',
  'all-namespace': 'all-namespaces',
  prot: 'port',
  pen: 'open',
  // Two letters are too few to guess from.
  do: undefined,
  zzz: undefined,
  completion: undefined,
};
for (const [typed, nearest] of Object.entries(cases)) {
  test(`${typed} is near ${nearest ?? 'nothing'}`, (t) => t.is(nearestOf(typed, words), nearest));
}

test('of no words none is near', (t) => t.is(nearestOf('expose', []), undefined));
