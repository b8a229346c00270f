import test from 'ava';
import { isWanted, parseRowFilter, remarksOnFilter } from '../../src/commands/endpoints/row-filter.ts';
import { accessListOf } from '../../src/exposure/access.ts';
import type { Endpoint } from '../../src/exposure/endpoint.ts';
import { rowAt } from '../helpers/look.ts';
import { train } from '../helpers/requests.ts';
import { skyLoadBalancer, skyPod } from '../helpers/skypilot-objects.ts';

const sample = rowAt([skyPod(train), skyLoadBalancer(train, [8888], { ip: '203.0.113.5' })]);
const row = (scope: Endpoint['scope'], ...access: Endpoint['access']): Endpoint => ({
  ...sample,
  scope,
  access: accessListOf(access),
});
const filter = (scope?: string[], access?: string[]) => parseRowFilter({ scope, access });
const place = { names: [], ports: undefined, namespace: 'default' };

test('values are separated by commas or repeated; a row needs one of each list', (t) => {
  const wanted = filter(['public,private'], ['none', 'app']);
  t.true(isWanted(row('public'), wanted));
  t.true(isWanted(row('private', 'password', 'app'), wanted));
  t.false(isWanted(row('local'), wanted));
  t.false(isWanted(row('public', 'password'), wanted));
  t.true(isWanted(row(null), filter(['unknown'])), 'a host name has an unknown scope');
  t.true(isWanted(row(null, 'unknown'), filter()));
});

test('an unknown value is an error with the nearest value', (t) => {
  const error = t.throws(() => filter(undefined, ['none,pasword']), { message: /"pasword" is not .* --access/ });
  t.regex(JSON.stringify(error), /did you mean --access password\?/);
  t.throws(() => filter(['internet']), { message: /"internet" is not a valid value of --scope/ });
});

test('rows that may match are counted, and the command that shows them has the same names', (t) => {
  const wanted = filter(['public'], ['none']);
  const left = [
    row(null),
    row('public', 'unknown'),
    row('private'),
    row('public', 'password'),
    row('private', 'unknown'),
  ];
  const remarks = remarksOnFilter(
    wanted,
    { shown: [row('public')], left },
    { ...place, names: ['train'], ports: [8888] },
  );
  t.deepEqual(
    remarks.map(({ fact, cures }) => [fact, cures[0]?.command]),
    [
      [
        '2 rows are not shown and may match: their scope or access is unknown',
        'kubectl skyports endpoints train 8888 -n default --scope public,unknown --access none,unknown -o wide',
      ],
    ],
  );
});

test('nothing matches, and nothing may match', (t) => {
  const remarks = remarksOnFilter(filter(undefined, ['none']), { shown: [], left: [row('public', 'password')] }, place);
  t.deepEqual(remarks, [{ fact: 'No port matches --access none.', cures: [] }]);
  t.deepEqual(remarksOnFilter(filter(undefined, ['none']), { shown: [row('public')], left: [] }, place), []);
  t.deepEqual(remarksOnFilter(filter(undefined, ['unknown']), { shown: [], left: [] }, place), []);
});
