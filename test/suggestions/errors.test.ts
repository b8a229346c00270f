import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { createTemporaryFolder } from '../cluster/temporary-folder.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { hostileWords, unpastable } from './hostile-words.ts';
import { paste, shells } from './shells.ts';

const folder = createTemporaryFolder();
test.after.always(() => folder.remove());

/** What is typed, with which files, and the commands that are meant to be suggested. */
interface Mistake {
  readonly args: readonly string[];
  readonly kubeconfig?: object;
  readonly skyConfig?: object;
  readonly suggested: readonly (readonly string[])[];
}

/** A kubeconfig with one context, whose API server is a closed port of this machine. */
function kubeconfig(name: string, { user = {}, current = name }: { user?: object; current?: string } = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': current,
    contexts: [{ name, context: { cluster: name, user: name } }],
    clusters: [{ name, cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name, user }],
  };
}

const own = (...args: string[]) => ['kubectl', 'skyports', ...args];
const operand = (word: string) => (word.startsWith('-') ? ['--', word] : [word]);

/** A mistake for each kind of value; a word that begins with a dash is never an operand. */
const mistakes: Readonly<Record<string, (word: string, home: string) => Mistake | undefined>> = {
  'a name close to a context': (word) => ({
    kubeconfig: kubeconfig(`${word} production`),
    args: ['endpoints', `--context=${word} productionx`],
    suggested: [own('endpoints', `--context=${word} production`)],
  }),
  'a name close to a cluster': (word) => {
    const typed = `--cluster=${word} productionx`;
    return {
      kubeconfig: kubeconfig(`${word} production`),
      args: ['endpoints', typed],
      suggested: [
        own('endpoints', `--cluster=${word} production`),
        ['kubectl', 'config', '--cluster', `${word} productionx`, 'get-clusters'],
      ],
    };
  },
  'a name close to a user': (word) => ({
    kubeconfig: kubeconfig(`production ${word}`),
    args: ['endpoints', `--user=xproduction ${word}`],
    suggested: [
      own('endpoints', `--user=production ${word}`),
      ['kubectl', 'config', '--user', `xproduction ${word}`, 'get-users'],
    ],
  }),
  'no current context': (word) => ({
    kubeconfig: kubeconfig(word, { current: '' }),
    args: ['endpoints'],
    suggested: [['kubectl', 'config', 'use-context', ...operand(word)]],
  }),
  'a server that does not answer': (word) => ({
    kubeconfig: kubeconfig(word),
    args: ['endpoints', `--context=${word}`, `--cluster=${word}`, `--user=${word}`, `--as=${word}`, '-n=ml'],
    suggested: [
      [...['kubectl', 'config', '--context', word, '--cluster', word, '--user', word, '--as', word], 'get-contexts'],
    ],
  }),
  'a credential plugin that fails': (word) => ({
    kubeconfig: kubeconfig('prod', {
      user: {
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1',
          interactiveMode: 'Never',
          command: 'sky',
          args: [word],
        },
      },
    }),
    args: ['endpoints'],
    suggested: [['sky', word]],
  }),
  'a misspelled flag': (word) => {
    const flags = ['context', 'cluster', 'user', 'kubeconfig', 'as', 'host', 'path', 'annotation', 'address-pool'];
    const typed = ['expose', 'train', '80', `--namespace=${word}`, ...flags.map((name) => `--${name}=${word}`)];
    return { args: [...typed, '--mod=ingress'], suggested: [own(...typed, '--mode=ingress')] };
  },
  'a misspelled flag after a file': (word) => ({
    args: ['doctor', '-f', word, '--outptu=json'],
    suggested: [own('doctor', '-f', word, '--output=json')],
  }),
  'a SkyPilot cluster without a port': (word) =>
    word.startsWith('-') ? undefined : { args: ['forward', word], suggested: [own('forward', word, 'PORT')] },
  'a SkyPilot cluster for prune': (word) =>
    word.startsWith('-') ? undefined : { args: ['prune', word], suggested: [own('unexpose', word)] },
  'a folder that does not exist': (word, home) => ({
    args: ['completion', 'kubectl', '--install', `--dir=${home}/${word}`],
    suggested: [['mkdir', '-p', '--', `${home}/${word}`]],
  }),
  'a port mode of a context': (word) => ({
    skyConfig: { kubernetes: { context_configs: { [word]: { ports: 'Ingress' } } } },
    args: ['config', 'check'],
    suggested: [own('config', 'set-ports', 'ingress', '--for-context', word)],
  }),
};

/** The commands that a mistake is answered with. */
async function suggestionsFor(mistake: (word: string, home: string) => Mistake | undefined, word: string) {
  const home = mkdtempSync(join(folder.path, 'home-'));
  const made = mistake(word, home);
  if (!made) return undefined;
  const file = join(home, 'kubeconfig');
  writeFileSync(file, JSON.stringify(made.kubeconfig ?? kubeconfig('prod')));
  mkdirSync(join(home, '.sky'));
  if (made.skyConfig) writeFileSync(join(home, '.sky/config.yaml'), JSON.stringify(made.skyConfig));
  const plugin = join(home, 'sky');
  writeFileSync(plugin, '#!/bin/sh\nexit 1\n');
  chmodSync(plugin, 0o755);
  const { code, stdout, stderr } = await skyports(made.args, {
    kubeconfig: file,
    cwd: home,
    homeDirectory: home,
    env: { PATH: `${home}:/usr/bin:/bin` },
  });
  const lines = (stdout + stderr).split('\n').filter((line) => /^ {4}(?: {2})?\S/.test(line));
  return { code, output: stdout + stderr, commands: lines.map((line) => line.trim()), meant: made.suggested };
}

test('what an error suggests passes every value as it is, and nothing else runs', async (t) => {
  const cases: { name: string; text: string; meant: readonly string[] }[] = [];
  for (const [name, mistake] of Object.entries(mistakes)) {
    for (const word of hostileWords) {
      const answer = await suggestionsFor(mistake, word);
      if (!answer) continue;
      t.not(answer.code, 0, name);
      t.is(answer.commands.length, answer.meant.length, `${name}: ${answer.output}`);
      for (const [index, text] of answer.commands.entries()) cases.push({ name, text, meant: answer.meant[index]! });
    }
  }
  const texts = cases.map(({ text }) => text);
  for (const shell of shells) {
    const { pasted, written } = await paste(shell, texts, folder.path);
    t.deepEqual(written, []);
    for (const [index, { name, text, meant }] of cases.entries()) {
      const { ran, ended } = pasted[index]!;
      t.true(ended, text);
      t.deepEqual(
        ran.map((argv) => (argv[0] === 'unknown' ? argv.slice(1) : argv)),
        [meant],
        `${shell}: ${name}: ${text}`,
      );
    }
  }
  t.log(`${cases.length} suggestions of ${Object.keys(mistakes).length} errors survive ${shells.join(', ')}`);
});

test('an error suggests no command with a line break', async (t) => {
  for (const [name, mistake] of Object.entries(mistakes)) {
    for (const word of unpastable) {
      const { code, output, commands } = (await suggestionsFor(mistake, word))!;
      t.true(code > 0, name);
      t.notRegex(output, /this is a bug in/, name);
      t.deepEqual(commands, [], `${name}: ${output}`);
    }
  }
});

test('a name or a token that no header takes is refused', async (t) => {
  const as = await suggestionsFor(() => ({ args: ['endpoints', '--as=a\nb'], suggested: [] }), '');
  const token = kubeconfig('prod', { user: { token: 'secret\u0001' } });
  const bearer = await suggestionsFor(() => ({ kubeconfig: token, args: ['endpoints'], suggested: [] }), '');
  t.deepEqual(
    [as!, bearer!].map(({ code, output }) => ({ code, output })),
    [
      {
        code: 2,
        output:
          'error: net/http: invalid header field value for "Impersonate-User"\nremove the line break or control character from the name\n',
      },
      {
        code: 2,
        output:
          'error: net/http: invalid header field value for "Authorization"\nremove the line break or control character from the token\n',
      },
    ],
  );
});
