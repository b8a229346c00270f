import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { cluster, create, newNamespace } from '../helpers/cluster.ts';
import { skyPod } from '../helpers/skypilot-objects.ts';
import { makeNode, powerfulUser } from '../helpers/world.ts';
import { shells } from '../suggestions/shells.ts';
import { startShell } from './shell-session.ts';
import { everyControl, lineEnds, shellWords, unwanted } from './texts.ts';

/** A SkyPilot cluster with a unique beginning of its name, so that one tab completes it. */
interface Typed {
  readonly beginning: string;
  readonly displayName: string;
  /** The word that the tab key should make of it. */
  readonly completed: string;
}

const plain: Typed = { beginning: 'plai', displayName: 'plain.Name_1', completed: 'plain.Name_1' };
const forging = lineEnds.find(({ text }) => text.endsWith(':0'))!;
const hostile = [everyControl, forging, ...shellWords.slice(0, 11)].map(({ text }, index): Typed => {
  const beginning = `q${String(index).padStart(2, '0')}`;
  return { beginning, displayName: text.replace(/^z/, beginning), completed: `${beginning}-2ea485ef` };
});

/** A context has no second name, so completion does not offer these. */
const contexts = [`k0$(${unwanted})`, `k1;${unwanted}`, `k2\`${unwanted}\``, `k3 ${unwanted}`];

let kubeconfig: string;
test.before(async () => {
  const [namespace] = await Promise.all([newNamespace('shells'), makeNode()]);
  const user = await powerfulUser(namespace);
  await Promise.all(
    [plain, ...hostile].map(({ beginning, displayName }) => {
      const names = { namespace, displayName, nameOnCloud: `${beginning}-2ea485ef` };
      return create(skyPod(names) as Parameters<typeof create>[0]);
    }),
  );
  const content = JSON.parse(readFileSync(user.kubeconfig, 'utf8'));
  const [{ context }] = content.contexts;
  content.contexts.push(...['kplain', ...contexts].map((name) => ({ name, context })));
  kubeconfig = join(cluster().temporaryFolder, 'shells.kubeconfig');
  writeFileSync(kubeconfig, JSON.stringify(content));
});

for (const shell of shells) {
  test(`${shell}: TAB and Enter run the plugin and nothing else, whatever a name is`, async (t) => {
    const folder = join(cluster().temporaryFolder, `session-${shell}`);
    mkdirSync(folder);
    const session = await startShell(shell, kubeconfig, folder);
    t.teardown(() => session.end());
    const faults: string[] = [];
    const enter = async (line: string, wanted: readonly string[]) => {
      const { argv, pwned, ended } = await session.completeAndEnter(line);
      if (pwned) faults.push(`${line}<TAB> runs ${unwanted}`);
      if (!ended) faults.push(`${line}<TAB> leaves the shell waiting`);
      if (JSON.stringify(argv) !== JSON.stringify(wanted)) faults.push(`${line}<TAB> becomes ${JSON.stringify(argv)}`);
    };
    for (const { beginning, completed } of [plain, ...hostile])
      await enter(`kubectl-skyports endpoints ${beginning}`, ['endpoints', completed]);
    await enter('kubectl-skyports endpoints --context kpl', ['endpoints', '--context', 'kplain']);
    for (const name of contexts) {
      const beginning = name.slice(0, 2);
      await enter(`kubectl-skyports endpoints --context ${beginning}`, ['endpoints', '--context', beginning]);
    }
    faults.push(...session.written().map((file) => `a line writes ${file}`));
    t.deepEqual(faults, []);
  });
}
