import test, { type ExecutionContext } from 'ava';
import { until } from '../helpers/cluster.ts';
import { type DelayingProxy, isWrite, objectNameOf, type SeenRequest, startDelayingProxy } from './delaying-proxy.ts';
import {
  type Action,
  annotate,
  doctorFix,
  expose,
  exposed,
  unexpose,
  unexposeAll,
  withBrokenServices,
  withController,
} from './kill-actions.ts';
import { type KillWorld, makeKillWorld, removeKillWorld, type Setting, stateOf } from './kill-world.ts';
import type { KilledRun, RunningProgram } from './killed-run.ts';
import { startAction } from './run-action.ts';
import { isNamed } from './signal-contract.ts';

/** A command that runs in a world of its own, and a proxy that keeps answers back. */
interface Held {
  readonly world: KillWorld;
  readonly proxy: DelayingProxy;
  readonly program: RunningProgram;
  /** Lets the answers go. */
  release(): void;
}

const cases: Readonly<Record<string, readonly [Setting, Action]>> = {
  'expose, a load balancer': [exposed, expose('loadbalancer', [9000])],
  'expose, an Ingress': [exposed, expose('ingress', [9000, 9001])],
  'unexpose, paths of an Ingress': [exposed, unexpose('ingress', [8080, 8081])],
  'unexpose, all ports': [exposed, unexposeAll],
  annotate: [withController, annotate('203.0.113.7')],
  'doctor --fix': [withBrokenServices, doctorFix],
};

/** How long the program waits for what has begun. */
const limitMs = 5000;

const signals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

async function start(
  t: ExecutionContext,
  [setting, action]: readonly [Setting, Action],
  isHeld: (seen: SeenRequest) => boolean,
): Promise<Held> {
  const world = await makeKillWorld(setting);
  const { promise, resolve: release } = Promise.withResolvers<void>();
  const { namespace } = world;
  const hold = (seen: SeenRequest) => (isHeld(seen) ? promise : undefined);
  const proxy = await startDelayingProxy({ delayMs: 5, namespace, hold });
  const program = startAction(action, world, proxy.kubeconfig);
  t.teardown(async () => {
    program.kill('SIGKILL');
    await program.ended;
    proxy.close();
    await removeKillWorld(world);
  });
  return { world, proxy, program, release };
}

/** The writes of a command once it has begun some and waits for their answers. */
async function untilWriting({ requests }: DelayingProxy): Promise<readonly SeenRequest[]> {
  return until('a write has begun, and no further one follows', async () => {
    const writes = requests.filter(isWrite);
    const last = writes.at(-1);
    return last && performance.now() - last.arrivedAt > 300 && writes;
  });
}

const namesOf = (writes: readonly SeenRequest[]): string[] => writes.map((write) => objectNameOf(write)).sort();
const sinceSignalMs = ({ signalledAt = 0, endedAt }: KilledRun): number => endedAt - signalledAt;

for (const [what, tried] of Object.entries(cases)) {
  for (const [signal, code] of signals) {
    test(`${what}: ${signal} lets the writes that have begun end, names them and begins no other`, async (t) => {
      const { proxy, program, release } = await start(t, tried, isWrite);
      const begun = namesOf(await untilWriting(proxy));
      program.kill(signal);
      // Longer than any pause between two writes, and longer than a process that does not wait takes to end.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      t.false(program.hasEnded(), 'it waits for the answer');
      release();
      const run = await program.ended;
      t.is(run.code, code, run.output);
      t.false(run.endedBySignal);
      t.deepEqual(namesOf(proxy.requests.filter(isWrite)), begun, 'no other write');
      t.deepEqual(
        begun.filter((name) => !isNamed(name, run.output)),
        [],
        run.output,
      );
      t.true(sinceSignalMs(run) < limitMs, `${sinceSignalMs(run)} ms`);
    });
  }
}

for (const [signal, code] of signals) {
  test(`${signal} while a write gets no answer: it ends after 5 s, and the outcome is unknown`, async (t) => {
    const { proxy, program } = await start(t, cases['expose, a load balancer']!, isWrite);
    const [write] = await untilWriting(proxy);
    program.kill(signal);
    const run = await program.ended;
    t.is(run.code, code, run.output);
    t.true(sinceSignalMs(run) > limitMs - 500 && sinceSignalMs(run) < limitMs + 2000, `${sinceSignalMs(run)} ms`);
    t.regex(run.output, /unknown/i);
    t.true(isNamed(objectNameOf(write!), run.output), run.output);
    t.is(proxy.requests.filter(isWrite).length, 1);
  });
}

for (const [what, tried] of Object.entries(cases)) {
  for (const [signal, code] of signals) {
    // One after the other: how fast it ends counts.
    test.serial(`${what}: ${signal} while it reads ends it at once, and nothing is written`, async (t) => {
      const { world, proxy, program, release } = await start(t, tried, ({ method }) => method === 'GET');
      const before = await stateOf(world);
      await until('it has asked for something', () => proxy.requests.length > 0);
      program.kill(signal);
      const run = await program.ended;
      // What was read too late must not start anything either.
      release();
      t.is(run.code, code, run.output);
      t.false(run.endedBySignal);
      t.true(sinceSignalMs(run) < 1000, `${sinceSignalMs(run)} ms`);
      await proxy.settled();
      t.deepEqual(proxy.requests.filter(isWrite), []);
      t.deepEqual(await stateOf(world), before);
    });
  }
}
