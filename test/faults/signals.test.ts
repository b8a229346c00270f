import test, { type ExecutionContext } from 'ava';
import { bundledProgram } from '../helpers/bundled-program.ts';
import { until } from '../helpers/cluster.ts';
import { turns } from '../helpers/turns.ts';
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
import type { KilledRun, ProgramPlace, RunningProgram } from './killed-run.ts';
import { endOf, startAction } from './run-action.ts';
import { isNamed } from './signal-contract.ts';

/** A command that runs in a world of its own, and a proxy that keeps answers back. */
interface Held {
  readonly world: KillWorld;
  readonly proxy: DelayingProxy;
  readonly program: RunningProgram;
  /** Lets the answers go. */
  release(): void;
}

/** What a command does, and how many writes it begins before it needs an answer. */
type Case = readonly [Setting, Action, begins: number];

const cases: Readonly<Record<string, Case>> = {
  'expose, a load balancer': [exposed, expose('loadbalancer', [9000]), 1],
  'expose, an Ingress': [exposed, expose('ingress', [9000, 9001]), 2],
  'unexpose, paths of an Ingress': [exposed, unexpose('ingress', [8080, 8081]), 1],
  'unexpose, all ports': [exposed, unexposeAll, 1],
  annotate: [withController, annotate('203.0.113.7'), 1],
  'doctor --fix': [withBrokenServices, doctorFix, 2],
};

/** The time for writes after a signal does not end before the test lets the answers go. */
const patient = () => bundledProgram('test/faults/prolonged.ts');

const signals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

/** This process serves the proxies of all that run at the same time. */
const turn = turns(6);

async function start(
  t: ExecutionContext,
  [setting, action]: Case,
  { isHeld, program: build }: { isHeld: (seen: SeenRequest) => boolean; program?: ProgramPlace['program'] },
): Promise<Held> {
  t.teardown(await turn());
  const world = await makeKillWorld(setting);
  const { promise, resolve: release } = Promise.withResolvers<void>();
  const { namespace } = world;
  const hold = (seen: SeenRequest) => (isHeld(seen) ? promise : undefined);
  const proxy = await startDelayingProxy({ delayMs: 5, namespace, hold });
  const program = startAction(action, world, proxy.kubeconfig, build);
  t.teardown(async () => {
    program.kill('SIGKILL');
    await program.ended;
    proxy.close();
    await removeKillWorld(world);
  });
  return { world, proxy, program, release };
}

/** The writes of a command once it waits for their answers. */
async function untilWriting(
  { proxy: { requests }, program }: Held,
  [, , begins]: Case,
): Promise<readonly SeenRequest[]> {
  return until(`${begins} writes have begun`, async () => {
    if (program.hasEnded()) throw new Error(endOf(await program.ended));
    const writes = requests.filter(isWrite);
    return writes.length >= begins && writes;
  });
}

const namesOf = (writes: readonly SeenRequest[]): string[] => writes.map((write) => objectNameOf(write)).sort();
const sinceSignalMs = ({ signalledAt = 0, endedAt }: KilledRun): number => endedAt - signalledAt;

for (const [what, tried] of Object.entries(cases)) {
  for (const [signal, code] of signals) {
    test(`${what}: ${signal} lets the writes that have begun end, names them and begins no other`, async (t) => {
      const held = await start(t, tried, { isHeld: isWrite, program: await patient() });
      const { proxy, program, release } = held;
      const begun = namesOf(await untilWriting(held, tried));
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
      t.notRegex(run.output, /unknown/i);
    });
  }
}

for (const [signal, code] of signals) {
  test(`${signal} while a write gets no answer: it ends after 5 s, and the outcome is unknown`, async (t) => {
    const tried = cases['expose, a load balancer']!;
    const held = await start(t, tried, { isHeld: isWrite });
    const { proxy, program } = held;
    const [write] = await untilWriting(held, tried);
    program.kill(signal);
    const run = await program.ended;
    t.is(run.code, code, run.output);
    t.true(sinceSignalMs(run) > 4500, `${sinceSignalMs(run)} ms`);
    t.regex(run.output, /unknown/i);
    t.regex(run.output, /no answer within 5s of the interruption/);
    t.true(isNamed(objectNameOf(write!), run.output), run.output);
    t.is(proxy.requests.filter(isWrite).length, 1);
  });
}

for (const [doing, isHeld] of [
  ['writes', isWrite],
  ['reads', ({ method }: SeenRequest) => method === 'GET'],
] as const) {
  test(`a second SIGINT while it ${doing} ends it at once, and it says whether changes may have been made`, async (t) => {
    const { proxy, program } = await start(t, cases['expose, a load balancer']!, { isHeld });
    await until('it waits for an answer', () => proxy.requests.some(isHeld));
    // A signal that comes before the last one was handled is lost.
    await until('it has ended', () => {
      if (!program.hasEnded()) program.kill('SIGINT');
      return program.hasEnded();
    });
    const run = await program.ended;
    t.is(run.code, 130, run.output);
    const says = /^error: interrupted twice, before the answers arrived\. Some changes may have been made\./m;
    t.is(says.test(run.output), doing === 'writes', run.output);
  });
}

for (const [what, tried] of Object.entries(cases)) {
  for (const [signal, code] of signals) {
    test(`${what}: ${signal} while it reads ends it without the answers, and nothing is written`, async (t) => {
      const isHeld = ({ method }: SeenRequest) => method === 'GET';
      const { world, proxy, program, release } = await start(t, tried, { isHeld, program: await patient() });
      const before = await stateOf(world);
      await until('it has asked for something', () => proxy.requests.length > 0);
      program.kill(signal);
      const run = await program.ended;
      // What was read too late must not start anything either.
      release();
      t.is(run.code, code, run.output);
      t.false(run.endedBySignal);
      await proxy.settled();
      t.deepEqual(proxy.requests.filter(isWrite), []);
      t.deepEqual(await stateOf(world), before);
    });
  }
}
