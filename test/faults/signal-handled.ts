import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 10;

/**
 * Resolves when a process of Node.js has handled a signal, or has ended. It has if the kernel has delivered the signal
 * (proc(5), SigPnd and ShdPnd), and the process waits for events again: libuv hands on a signal before it waits.
 * Nothing else may keep it busy meanwhile, such as answers.
 */
export async function untilHandled(pid: number, signal: NodeJS.Signals): Promise<void> {
  if (process.platform === 'linux') while (!hasHandled(pid, signal)) await delay(pollMs);
  else await delay(150);
  // What it has sent until now reaches this process in its next turns.
  for (let turn = 0; turn < 2; turn++) await delay(pollMs);
}

function hasHandled(pid: number, signal: NodeJS.Signals): boolean {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return true;
  }
  const bit = 1n << BigInt(constants.signals[signal] - 1);
  const isPending = [...status.matchAll(/^(?:SigPnd|ShdPnd):\s*([0-9a-f]+)$/gm)].some(
    ([, mask]) => (BigInt(`0x${mask}`) & bit) !== 0n,
  );
  return !isPending && /^State:\s*[SZX]/m.test(status);
}
