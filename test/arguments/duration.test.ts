import test from 'ava';
import fc from 'fast-check';
import { goDurationText, parseDuration } from '../../src/arguments/duration.ts';
import { UsageError } from '../../src/errors/usage-error.ts';

const durations = {
  '0': 0,
  '30': 30_000,
  '1.5': 1500,
  '500ms': 500,
  '90s': 90_000,
  '5m': 300_000,
  '1m30s': 90_000,
  '2h': 7_200_000,
  '1.5h': 5_400_000,
  '1h0m1s5ms': 3_601_005,
};
for (const [text, milliseconds] of Object.entries(durations)) {
  test(`${text} is ${milliseconds} ms`, (t) => t.is(parseDuration(text, 'wait'), milliseconds));
}

for (const text of ['', 's', '5x', '-5s', '5 s', '5s ', '1m30', 'NaN', '1e3', '.', '5d']) {
  test(`"${text}" is not a duration`, (t) => {
    const error = t.throws(() => parseDuration(text, 'wait'), { instanceOf: UsageError });
    t.is(error.code, 'invalid-duration');
    t.is(error.message, `--wait takes a duration, and "${text}" is not one`);
    t.is(error.cures[0]?.note, 'write it like --wait=90s or --wait=5m');
  });
}

const texts = {
  0: '0s',
  0.000001: '1ns',
  0.0015: '1.5\u00b5s',
  400: '400ms',
  1500: '1.5s',
  40000: '40s',
  60000: '1m0s',
  90000: '1m30s',
  300000: '5m0s',
  3600000: '1h0m0s',
};
for (const [milliseconds, text] of Object.entries(texts)) {
  test(`${milliseconds} ms are printed as Go prints them: ${text}`, (t) =>
    t.is(goDurationText(Number(milliseconds)), text));
}

test('what is said is read back, to the second', (t) => {
  fc.assert(
    fc.property(fc.nat({ max: 100_000 }), (seconds) => {
      t.is(parseDuration(goDurationText(seconds * 1000), 'wait'), seconds * 1000);
    }),
  );
});
