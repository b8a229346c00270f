import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import test from 'ava';
import type { Failure } from '../../src/errors/failure.ts';
import { cluster } from '../helpers/cluster.ts';
import { asksLikeKubectl, kubectlAsks, makeScene, weAsk } from './beside-kubectl.ts';
import { apiVersion, connection, printing, token, withPlugin } from './exec-plugin-in-shell.ts';
import { issue } from './recording-server.ts';

const source = resolve(import.meta.dirname, '../../src');
test(
  'a plugin beside the kubeconfig gives a token',
  asksLikeKubectl,
  (scene) => ({
    flags: { kubeconfig: withPlugin(scene, token('of-plugin')) },
  }),
  { authorization: 'Bearer of-plugin' },
);

test(
  'a plugin in PATH gives a token',
  asksLikeKubectl,
  (scene) => ({
    env: { PATH: `${scene.folder}/bin:${process.env.PATH}` },
    flags: { kubeconfig: withPlugin(scene, token('of-plugin'), { exec: { command: 'plugin' } }) },
  }),
  { authorization: 'Bearer of-plugin' },
);

test(
  'a plugin gives a certificate',
  asksLikeKubectl,
  (scene) => {
    const { certificate, privateKey } = issue('client-of-plugin');
    return {
      flags: {
        kubeconfig: withPlugin(scene, printing({ clientCertificateData: certificate, clientKeyData: privateKey })),
      },
    };
  },
  { certificate: 'client-of-plugin', authorization: undefined },
);

test(
  "a plugin gets its arguments, the user's environment and its own",
  asksLikeKubectl,
  (scene) => ({
    env: { FROM_USER: 'u', BOTH: 'user' },
    flags: {
      kubeconfig: withPlugin(
        scene,
        `printf '{"apiVersion":"%s","kind":"ExecCredential","status":{"token":"%s"}}' ${apiVersion} "$1-$2-$FROM_USER-$OWN-$BOTH"`,
        {
          exec: {
            args: ['one', 'two words'],
            env: [
              { name: 'OWN', value: 'o' },
              { name: 'BOTH', value: 'plugin' },
            ],
          },
        },
      ),
    },
  }),
  { authorization: 'Bearer one-two words-u-o-plugin' },
);

for (const [what, provideClusterInfo] of [
  ['and the cluster when it wants it', true],
  ['without the cluster', false],
] as const) {
  test(`KUBERNETES_EXEC_INFO is what kubectl gives, ${what}`, async (t) => {
    const scene = await makeScene(t);
    const extensions = [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'x', number: 1 } }];
    const cluster = { 'tls-server-name': 'kubernetes.example', 'disable-compression': true, extensions };
    const script = `printf %s "$KUBERNETES_EXEC_INFO" > ${scene.folder}/info\n${token('t')}`;
    const scenario = { flags: { kubeconfig: withPlugin(scene, script, { exec: { provideClusterInfo }, cluster }) } };
    const info = () => JSON.parse(readFileSync(join(scene.folder, 'info'), 'utf8'));
    await kubectlAsks(scene, scenario);
    const theirs = info();
    await weAsk(scene, scenario);
    t.deepEqual(info(), theirs);
    t.is(theirs.spec.cluster?.config.audience, provideClusterInfo ? 'x' : undefined);
  });
}

test('with v1beta1 the mode may be left out', asksLikeKubectl, (scene) => {
  const beta = 'client.authentication.k8s.io/v1beta1';
  return {
    flags: {
      kubeconfig: withPlugin(scene, token('t').replace(apiVersion, beta), {
        exec: { apiVersion: beta, interactiveMode: undefined },
      }),
    },
  };
});

test('what it writes to stderr is shown as it comes', async (t) => {
  const scene = await makeScene(t);
  const { api, close, written } = await connection(
    scene,
    withPlugin(scene, `echo 'Open the browser: ü' >&2\n${token('t')}`),
  );
  await api.list('/api/v1/pods');
  close();
  t.is(written(), 'Open the browser: ü\n');
});

for (const [what, script, more, words] of [
  ['that fails', 'exit 3', {}, 'exec: executable ./bin/plugin failed with exit code 3'],
  ['that is not there', '', { command: 'lost-plugin' }, 'exec: executable lost-plugin not found'],
  ['that prints no JSON', 'echo my-secret', {}, 'decoding stdout: '],
  [
    'of another version',
    token('t').replace('/v1', '/v1beta1'),
    {},
    'exec plugin is configured to use API version client.authentication.k8s.io/v1, plugin returned version client.authentication.k8s.io/v1beta1',
  ],
  [
    'without status',
    `echo '{"apiVersion":"${apiVersion}","kind":"ExecCredential"}'`,
    {},
    "exec plugin didn't return a status field",
  ],
  ['without credential', printing({}), {}, "exec plugin didn't return a token or cert/key pair"],
  [
    'with a certificate and no key',
    printing({ clientCertificateData: 'x' }),
    {},
    'exec plugin returned only certificate or key, not both',
  ],
  [
    'that wants a terminal',
    token('t'),
    { interactiveMode: 'Always' },
    'exec plugin cannot support interactive mode: standard input is not a terminal',
  ],
] as const) {
  test(`a plugin ${what} fails in kubectl's words`, async (t) => {
    const scene = await makeScene(t);
    const scenario = { flags: { kubeconfig: withPlugin(scene, script, { exec: more }) } };
    const [theirs, ours] = [await kubectlAsks(scene, scenario), await weAsk(scene, scenario)];
    const expected = `getting credentials: ${words.replace('./', `${scene.folder}/`)}`;
    t.true(theirs.error.includes(expected), theirs.error);
    t.true(ours.error.includes(expected), ours.error);
    t.false(ours.error.includes('my-secret'));
    t.deepEqual(ours.asked, []);
  });
}

test('a plugin that is not there says its installHint', async (t) => {
  const scene = await makeScene(t);
  const config = withPlugin(scene, '', {
    exec: { command: 'lost-plugin', installHint: 'Install it:\n\n  brew install lost\u001b[1m-plugin\n' },
  });
  const { api } = await connection(scene, config);
  t.like(await t.throwsAsync(api.list('/api/v1/pods')), {
    code: 'credential-plugin',
    cures: [{ command: null, note: 'Install it: brew install lost [1m-plugin' }],
  });
});

test('at a terminal a plugin that may ask the user gets the terminal', async (t) => {
  if (spawnSync('script', ['--version']).status !== 0) return t.pass('there is no script(1) to make a terminal');
  const scene = await makeScene(t);
  const script = `read -r line\nprintf %s "$KUBERNETES_EXEC_INFO" > ${scene.folder}/info\n${token('TYPED').replace("'END'", 'END').replace('TYPED', '$line')}`;
  const config = withPlugin(scene, script, { exec: { interactiveMode: 'IfAvailable' } });
  const ours = scene.file(
    'ask.ts',
    `import { connect } from ${JSON.stringify(join(source, 'kubernetes/api/connect.ts'))};
     import { systemForTest } from ${JSON.stringify(join(import.meta.dirname, 'system-for-test.ts'))};
     const system = systemForTest({ cwd: '/', stdinIsTerminal: process.stdin.isTTY });
     const { api, close } = await connect({ kubeconfig: ${JSON.stringify(config)} }, system);
     await api.list('/api/v1/pods');
     close();`,
  );
  for (const command of [
    `${cluster().kubectl} --kubeconfig ${config} get --raw /api/v1/pods`,
    `${process.execPath} ${ours}`,
  ]) {
    const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.write('typed-by-user\n');
    const output = await text(child.stdout);
    t.is(scene.a.asked.at(-1)?.authorization, 'Bearer typed-by-user', output);
    t.true(JSON.parse(readFileSync(join(scene.folder, 'info'), 'utf8')).spec.interactive);
  }
  t.is(scene.a.asked.length, 2);
});

for (const [what, script] of [
  ['no JSON', 'echo secret'],
  ['another version', `printf '{"apiVersion":"x/v9","kind":"ExecCredential","status":{"token":"secret"}}'`],
  ['too much', 'head -c 3000000 /dev/zero'],
] as const) {
  test(`a plugin that prints ${what}: the suggestion does not put a credential on the terminal`, async (t) => {
    const scene = await makeScene(t);
    const { api } = await connection(scene, withPlugin(scene, script));
    const { message, cures } = (await t.throwsAsync(api.list('/api/v1/pods'))) as Failure;
    t.notRegex(message, /secret/);
    t.deepEqual(
      cures.map((each) => each.command),
      [`${scene.folder}/bin/plugin > /dev/null`],
    );
  });
}
