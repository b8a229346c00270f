import test from 'ava';
import { remarksOf, type Settled } from '../../src/commands/endpoints/settle.ts';
import { lateRows, WaitLine } from '../../src/commands/endpoints/wait-line.ts';
import { safeOutput } from '../../src/output/streams.ts';
import { until } from '../helpers/cluster.ts';
import { lookAt, rowAt } from '../helpers/look.ts';
import { train } from '../helpers/requests.ts';
import { skyLoadBalancer, skyPod } from '../helpers/skypilot-objects.ts';

function terminal(isTerminal: boolean, isDumb = false) {
  const written: string[] = [];
  const write = (text: string) => void written.push(text);
  return {
    written,
    stderr: safeOutput({ write, isTerminal, columns: 80 }, { isColored: false, isAscii: false, isDumb }),
  };
}

test('the line is painted again each second with the time that has passed, until the wait ends', async (t) => {
  const { written, stderr } = terminal(true);
  let clock = 0;
  const line = new WaitLine({ stderr, now: () => new Date(clock) }, { waitMs: 90_000 });
  line.show({ fact: ': 0 of 1 ready; train port 8888 is Pending' });
  clock = 61_000;
  await until('the line was painted again', () => written.length > 1);
  const painted = (mark: string, time: string) =>
    `\r\u001b[K${mark} waiting ${time} of 1m30s: 0 of 1 ready; train port 8888 is Pending`;
  t.deepEqual(written.slice(0, 2), [painted('⠋', '0s'), painted('⠙', '1m1s')]);
  line.end();
  t.is(written.at(-1), '\r\u001b[K');
  const { length } = written;
  await new Promise((resolve) => setTimeout(resolve, 1200));
  t.is(written.length, length);
});

test('the reason is shortened in its middle, and the line fits the terminal', (t) => {
  const { written, stderr } = terminal(true);
  const line = new WaitLine({ stderr, now: () => new Date(0) }, { waitMs: 90_000 });
  const reason = 'no load balancer has given Service train-2ea485ef--skypilot-lb an address yet';
  line.show({ fact: ': 0 of 1 ready; train port 8888 is Pending', reason });
  line.end();
  const [shown] = written as [string];
  t.true(shown.length <= '\r\u001b[K'.length + 79, shown);
  t.regex(shown, /Pending \(no load.*….* yet\)$/);
});

test('after 15 seconds, the line says once what to do meanwhile', async (t) => {
  const { written, stderr } = terminal(true);
  let clock = 0;
  const sayMeanwhile = () => stderr.line('meanwhile');
  const line = new WaitLine({ stderr, now: () => new Date(clock) }, { waitMs: 90_000, sayMeanwhile });
  line.show({ fact: ': calling' });
  clock = 14_999;
  line.show({ fact: ': calling' });
  t.false(written.join('').includes('meanwhile'));
  clock = 15_000;
  line.show({ fact: ': calling' });
  line.show({ fact: ': calling' });
  line.end();
  t.is(written.join('').split('meanwhile').length, 2);
});

test('away from a terminal, each change is one line', (t) => {
  for (const { written, stderr } of [terminal(false), terminal(true, true)]) {
    const line = new WaitLine({ stderr, now: () => new Date() }, { waitMs: 90_000 });
    line.show({ fact: ' for tcp-connects', reason: 'refused' });
    line.show({ fact: ' for tcp-connects', reason: 'refused' });
    line.show({ fact: ' for http-answers' });
    line.end();
    t.deepEqual(written, [
      'waiting at most 1m30s for tcp-connects (refused)\n',
      'waiting at most 1m30s for http-answers\n',
    ]);
  }
});

test('a name that does not resolve is named, with the address that its DNS entry needs', (t) => {
  const objects = [skyPod(train), skyLoadBalancer(train, [8888], { ip: '203.0.113.80' })];
  const row = { ...rowAt(objects), url: 'http://8888.example.com' };
  const answer = { outcome: 'unknown-name', status: null, from: null, tookMs: null, text: '', why: null } as const;
  const waits: Settled = { row, standing: 'waits', answer };
  const entry = '8888.example.com does not resolve on this machine: it needs a DNS entry that leads to 203.0.113.80';
  const fact = 'train port 8888 does not answer';
  t.deepEqual(lateRows([row], [waits], lookAt(objects)), [{ row, fact, reason: entry }]);
  t.deepEqual(remarksOf([waits]), []);
  t.deepEqual(remarksOf([{ ...waits, standing: 'not-called' }]), [`${entry}; 203.0.113.80 itself answers`]);
  const balanced = { ...row, address: 'lb.example.com', url: 'http://lb.example.com:8888' };
  const late = lateRows([balanced], [{ ...waits, row: balanced }], lookAt(objects));
  t.deepEqual(late, [{ row: balanced, fact, reason: 'lb.example.com does not resolve on this machine' }]);
});
