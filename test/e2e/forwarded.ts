import type { ExecutionContext } from 'ava';
import { reached, shellProcess, untilReached } from './machine.ts';

/** While the command runs, the app answers at port 18888 of the machine that runs it; Ctrl-C ends it. */
export async function forwarded(t: ExecutionContext, line: string): Promise<void> {
  const forwarding = shellProcess(line);
  const ended = new Promise<number | null>((resolve) => forwarding.once('exit', resolve));
  await untilReached('http://127.0.0.1:18888');
  t.truthy(await reached('http://127.0.0.1:18888'));
  forwarding.kill('SIGINT');
  t.is(await ended, 0, "kubectl's own exit code");
}
