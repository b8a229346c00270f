import test from 'ava';
import { controllerKindOf, isServePort } from '../../src/skypilot/controllers.ts';

for (const [nameOnCloud, kind] of [
  ['sky-serve-controller-1a2b3c4d-9f8e7d6c', 'serve'],
  ['sky-jobs-controller-1a2b3c4d-9f8e7d6c', 'jobs'],
  ['sky-serve-controller', 'serve'],
  ['sky-serve-controllers-2ea485ef', undefined],
  ['my-sky-serve-controller-2ea485ef', undefined],
  ['train-2ea485ef', undefined],
] as const) {
  test(`${nameOnCloud}: ${kind ?? "a user's cluster"}`, (t) => t.is(controllerKindOf({ nameOnCloud }), kind));
}

test('SkyServe has twenty ports, the controller of managed jobs none', (t) => {
  const serve = { nameOnCloud: 'sky-serve-controller-1a2b3c4d-9f8e7d6c' };
  const jobs = { nameOnCloud: 'sky-jobs-controller-1a2b3c4d-9f8e7d6c' };
  t.deepEqual(
    [30_000, 30_001, 30_020, 30_021].map((port) => isServePort(serve, port)),
    [false, true, true, false],
  );
  t.false(isServePort(jobs, 30_001));
  t.false(isServePort({ nameOnCloud: 'train-2ea485ef' }, 30_001));
});
