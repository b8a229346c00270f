import test from 'ava';
import { refuseDoubtfulAddress } from '../../src/commands/annotate/doubts.ts';
import type { UsageError } from '../../src/errors/usage-error.ts';
import { plainText } from '../../src/output/look.ts';
import type { NameAnswer } from '../../src/snapshot/probe.ts';
import type { StyledLine, System } from '../../src/system.ts';

const task = (address: string) => ({ do: 'set', address }) as const;

/** A process that keeps what is written, and a resolver that answers so and counts its calls. */
function world(answer: Partial<NameAnswer>, env: Record<string, string> = {}) {
  const lines: string[] = [];
  const asked: string[] = [];
  const line = (text: StyledLine) => lines.push(plainText(text));
  const stderr = { line, lines: (all: readonly StyledLine[]) => all.forEach(line) };
  const system = { env, stderr } as unknown as System;
  const resolve = async (name: string): Promise<NameAnswer> => {
    asked.push(name);
    return { name, outcome: 'resolved', addresses: [], code: '', ...answer };
  };
  return { lines, asked, system, resolve };
}

test('a name that does not resolve is refused, and warned of with --force', async (t) => {
  const { lines, system, resolve } = world({ outcome: 'unknown-name', code: 'ENOTFOUND' });
  const error = await t.throwsAsync<UsageError>(refuseDoubtfulAddress(task('gpu.invalid'), false, system, resolve));
  t.is(error?.code, 'unresolved-address');
  t.is(error?.message, 'gpu.invalid does not resolve (ENOTFOUND)');
  t.deepEqual(
    error?.cures.map(({ command }) => command),
    ['kubectl skyports annotate', null],
  );
  await refuseDoubtfulAddress(task('gpu.invalid'), true, system, resolve);
  t.deepEqual(lines, ['warning: gpu.invalid does not resolve (ENOTFOUND)']);
});

test('a name of this machine is refused', async (t) => {
  const { system, resolve } = world({ addresses: ['127.0.0.1', '::1'] });
  await t.throwsAsync(refuseDoubtfulAddress(task('localhost.localdomain'), false, system, resolve), {
    message: /resolves to 127\.0\.0\.1, ::1/,
  });
});

test('a name that resolves is taken; when no server answers that is a warning', async (t) => {
  const fine = world({ addresses: ['127.0.0.1', '203.0.113.7'] });
  await refuseDoubtfulAddress(task('gpu.invalid'), false, fine.system, fine.resolve);
  t.deepEqual([fine.lines, fine.asked], [[], ['gpu.invalid']]);
  const mute = world({ outcome: 'no-answer', code: 'EAI_AGAIN' });
  await refuseDoubtfulAddress(task('gpu.invalid'), false, mute.system, mute.resolve);
  t.deepEqual(mute.lines, ['warning: whether gpu.invalid resolves is unknown: no name server answered (EAI_AGAIN)']);
});

test('nothing is resolved for an IP address, for a task without one, and with SKYPORTS_PROBE=false', async (t) => {
  const { asked, system, resolve } = world({ outcome: 'unknown-name' });
  await refuseDoubtfulAddress(task('203.0.113.7'), false, system, resolve);
  await refuseDoubtfulAddress({ do: 'remove' }, false, system, resolve);
  const off = world({ outcome: 'unknown-name' }, { SKYPORTS_PROBE: 'false' });
  await refuseDoubtfulAddress(task('gpu.invalid'), false, off.system, off.resolve);
  t.deepEqual([...asked, ...off.asked], []);
});
