import test from 'ava';
import { WaitLine } from '../../src/commands/endpoints/wait-line.ts';
import { safeOutput } from '../../src/output/streams.ts';
import { until } from '../helpers/cluster.ts';

function terminal(isTerminal: boolean) {
  const written: string[] = [];
  const write = (text: string) => void written.push(text);
  return { written, stderr: safeOutput({ write, isTerminal, columns: 80 }) };
}

test('the line is painted again each second with the time that has passed, until the wait ends', async (t) => {
  const { written, stderr } = terminal(true);
  let clock = 0;
  const line = new WaitLine({ stderr, now: () => new Date(clock) }, 90_000);
  line.show(': 0 of 1 ready; train port 8888 is Pending');
  clock = 61_000;
  await until('the line was painted again', () => written.length > 1);
  const painted = (time: string) => `\r\u001b[Kwaiting ${time} of 1m30s: 0 of 1 ready; train port 8888 is Pending`;
  t.deepEqual(written.slice(0, 2), [painted('0s'), painted('1m1s')]);
  line.end();
  t.is(written.at(-1), '\r\u001b[K');
  const { length } = written;
  await new Promise((resolve) => setTimeout(resolve, 1200));
  t.is(written.length, length);
});

test('away from a terminal there is no line', async (t) => {
  const { written, stderr } = terminal(false);
  const line = new WaitLine({ stderr, now: () => new Date() }, 90_000);
  line.show(' for tcp-connects');
  line.end();
  t.deepEqual(written, []);
});
