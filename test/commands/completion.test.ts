import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import test from 'ava';
import { skyports } from '../helpers/run-skyports.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubectl-skyports-completion-'));
test.after.always(() => rmSync(folder, { recursive: true }));

let last = 0;
/** A folder with a `kubectl-skyports` in it, and one without in front of it in PATH. */
function installed(): { bin: string; PATH: string } {
  last++;
  const [empty, bin] = ['empty', 'bin'].map((name) => join(folder, `${last}-${name}`));
  for (const each of [empty!, bin!]) mkdirSync(each);
  writeFileSync(join(bin!, 'kubectl-skyports'), '');
  chmodSync(join(bin!, 'kubectl-skyports'), 0o755);
  return { bin: bin!, PATH: [empty, bin].join(delimiter) };
}

const completion = (args: readonly string[], env: Record<string, string> = {}) =>
  skyports(['completion', ...args], { kubeconfig: '', env, cwd: folder });

test('--install writes the shim beside the plugin, executable, and again changes nothing', async (t) => {
  const { bin, PATH } = installed();
  const file = join(bin, 'kubectl_complete-skyports');
  const first = await completion(['kubectl', '--install'], { PATH });
  t.deepEqual([first.code, first.stdout], [0, `${file} written\n`]);
  t.is(statSync(file).mode & 0o777, 0o755);
  t.is(readFileSync(file, 'utf8'), (await completion(['kubectl'])).stdout);
  t.is((await completion(['kubectl', '--install'], { PATH })).stdout, `${file} exists already\n`);
});

test('a shim of an older version is replaced, a file of somebody else is not', async (t) => {
  const { bin, PATH } = installed();
  const file = join(bin, 'kubectl_complete-skyports');
  writeFileSync(file, '#!/bin/sh\n# Written by kubectl skyports completion\nexec old\n');
  t.is((await completion(['kubectl', '--install'], { PATH })).code, 0);
  t.regex(readFileSync(file, 'utf8'), /__complete/);
  writeFileSync(file, 'mine');
  const refused = await completion(['kubectl', '--install'], { PATH });
  t.is(refused.code, 2);
  t.regex(refused.stderr, /was not written by kubectl skyports\n[\s\S]*rm .*kubectl_complete-skyports/);
  t.is(readFileSync(file, 'utf8'), 'mine');
});

test('--dir names the folder; without it the plugin has to be in PATH', async (t) => {
  const { bin } = installed();
  t.is((await completion(['kubectl', '--install', '--dir', bin], { PATH: '' })).code, 0);
  t.true(statSync(join(bin, 'kubectl_complete-skyports')).isFile());
  const lost = await completion(['kubectl', '--install'], { PATH: folder });
  t.is(lost.code, 2);
  t.regex(lost.stderr, /in no folder of your PATH[\s\S]*--dir FOLDER/);
});

for (const [args, says] of [
  [[], /takes one of kubectl, bash/],
  [['bash', 'zsh'], /takes one of kubectl, bash/],
  [['bsh'], /it takes one of kubectl, bash, zsh, fish, powershell\ntry:\n {4}kubectl skyports completion bash\n$/],
  [['tcsh'], /it takes one of kubectl, bash, zsh, fish, powershell\n$/],
  [['zsh', '--install'], /--install is for kubectl, not for zsh\nadd this line to ~\/\.zshrc/],
  [['kubectl', '--dir', '.'], /--dir says where --install writes/],
  [['kubectl', '--install', '--dir', 'nowhere'], /--dir nowhere: [\s\S]*mkdir -p -- nowhere\n/],
  [['bash', '-n', 'x'], /unknown flag: --namespace for "kubectl skyports completion"/],
] as const) {
  test(`completion ${args.join(' ')} is refused`, async (t) => {
    const { code, stdout, stderr } = await completion(args);
    t.deepEqual([code, stdout], [2, '']);
    t.regex(stderr, says);
  });
}

test('a link that leads nowhere is not written through', async (t) => {
  const { bin } = installed();
  const [file, target] = [join(bin, 'kubectl_complete-skyports'), join(bin, 'elsewhere')];
  symlinkSync(target, file);
  const { code, stderr } = await completion(['kubectl', '--install', '--dir', bin]);
  t.is(code, 2);
  t.regex(stderr, /is a broken link/);
  t.false(existsSync(target));
});
