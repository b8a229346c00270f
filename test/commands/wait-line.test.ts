import test from 'ava';
import { remarksOf, type Settled } from '../../src/commands/endpoints/settle.ts';
import { lateRows, WaitLine } from '../../src/commands/endpoints/wait-line.ts';
import { safeOutput } from '../../src/output/streams.ts';
import { until } from '../helpers/cluster.ts';
import { lookAt, rowAt } from '../helpers/look.ts';
import { train } from '../helpers/requests.ts';
import { skyLoadBalancer, skyPod } from '../helpers/skypilot-objects.ts';

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

test('a name that does not resolve is named, with the address that its DNS entry needs', (t) => {
  const objects = [skyPod(train), skyLoadBalancer(train, [8888], { ip: '203.0.113.80' })];
  const row = { ...rowAt(objects), url: 'http://8888.example.com' };
  const answer = { outcome: 'unknown-name', status: null, from: null, tookMs: null, text: '', why: null } as const;
  const waits: Settled = { row, standing: 'waits', answer };
  const entry = '8888.example.com does not resolve on this machine: it needs a DNS entry that leads to 203.0.113.80';
  t.deepEqual(lateRows([row], [waits], lookAt(objects)), [`train port 8888 does not answer (${entry})`]);
  t.deepEqual(remarksOf([waits]), []);
  t.deepEqual(remarksOf([{ ...waits, standing: 'not-called' }]), [`${entry}; 203.0.113.80 itself answers`]);
  const balanced = { ...row, address: 'lb.example.com', url: 'http://lb.example.com:8888' };
  const late = lateRows([balanced], [{ ...waits, row: balanced }], lookAt(objects));
  t.deepEqual(late, ['train port 8888 does not answer (lb.example.com does not resolve on this machine)']);
});
