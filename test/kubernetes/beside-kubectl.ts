import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { type ConnectionFlags, connect } from '../../src/kubernetes/api/connect.ts';
import { cluster } from '../helpers/cluster.ts';
import {
  type Asked,
  authority,
  issue,
  type RecordingServer,
  type RecordingServerOptions,
  recordingServer,
} from './recording-server.ts';
import { systemForTest } from './system-for-test.ts';

/** Two servers that remember, and a folder for files. */
export interface CheckContext {
  readonly folder: string;
  readonly a: RecordingServer;
  readonly b: RecordingServer;
  /** Writes into the folder and returns the path; objects become JSON, which is YAML too. */
  file(name: string, content: string | object): string;
}

/** What both programs are given. */
export interface Scenario {
  readonly flags?: ConnectionFlags;
  /** Added to PATH and HOME, which is the folder. */
  readonly env?: Readonly<Record<string, string>>;
  /** Relative to the folder; default: the folder. */
  readonly cwd?: string;
}

export interface Outcome {
  readonly asked: readonly Asked[];
  /** What went wrong, as one text. */
  readonly error: string;
}

/** Makes the scene, and removes it after the test. Each server has a certificate for 127.0.0.1, localhost and kubernetes.example. */
export async function makeScene(t: ExecutionContext, options: RecordingServerOptions = {}): Promise<CheckContext> {
  const folder = mkdtempSync(join(tmpdir(), 'skyports-kubeconfig-'));
  const [a, b] = await Promise.all(['a', 'b'].map((name) => recordingServer({ name, ...options })));
  t.teardown(async () => {
    await Promise.all([a!.close(), b!.close()]);
    rmSync(folder, { recursive: true });
  });
  const file = (name: string, content: string | object) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, undefined, 1));
    return path;
  };
  file('authority.crt', authority.certificate);
  const client = issue('client-by-certificate');
  file('client.crt', client.certificate);
  file('client.key', client.privateKey);
  return { folder, a: a!, b: b!, file };
}

/** A kubeconfig with one context, `main`, for server `a`, as a user with a token; what is given is laid over it. */
export function kubeconfig(
  scene: CheckContext,
  more: { cluster?: object; user?: object; context?: object; name?: string } = {},
): object {
  const name = more.name ?? 'main';
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      {
        name,
        cluster: { server: scene.a.url, 'certificate-authority': join(scene.folder, 'authority.crt'), ...more.cluster },
      },
    ],
    users: [{ name, user: more.user ?? { token: `token-of-${name}` } }],
    contexts: [{ name, context: { cluster: name, user: name, ...more.context } }],
  };
}

/** `main` for server a; `other` for server b, with a namespace. */
export function twoContexts(scene: CheckContext, more: Parameters<typeof kubeconfig>[1] = {}): { KUBECONFIG: string } {
  const main = kubeconfig(scene, more);
  const other = kubeconfig(scene, {
    name: 'other',
    cluster: { server: scene.b.url },
    context: { namespace: 'of-other' },
  });
  return { KUBECONFIG: `${scene.file('main', main)}:${scene.file('other', other)}` };
}

/** Asks for the Pods of the namespace, as `kubectl get pods` does, by our code. */
export async function weAsk(scene: CheckContext, { flags = {}, env, cwd = '' }: Scenario): Promise<Outcome> {
  const counts = countsOf(scene);
  const system = systemForTest({ cwd: join(scene.folder, cwd), homeDirectory: scene.folder, ...(env && { env }) });
  let error = '';
  try {
    const connection = await connect(flags, system);
    await connection.api.list(`/api/v1/namespaces/${connection.namespace}/pods`).finally(() => connection.close());
  } catch (thrown) {
    error = `${(thrown as Error).message}`;
  }
  return { asked: askedSince(scene, counts), error };
}

/** The same by the real kubectl. */
export async function kubectlAsks(scene: CheckContext, { flags = {}, env, cwd = '' }: Scenario): Promise<Outcome> {
  const counts = countsOf(scene);
  const child = spawn(cluster().kubectl, [...argumentsOf(flags), 'get', 'pods', '-o', 'name'], {
    cwd: join(scene.folder, cwd),
    env: { PATH: process.env.PATH, HOME: scene.folder, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const stderr = await text(child.stderr);
  return { asked: askedSince(scene, counts), error: stderr.trim() };
}

/** One case a line: both ask the same server as the same user for the same thing, and neither complains. */
export const asksLikeKubectl = test.macro(
  async (t, arrange: (scene: CheckContext) => Scenario, expected?: Partial<Asked>) => {
    const scene = await makeScene(t);
    const scenario = arrange(scene);
    const theirs = await kubectlAsks(scene, scenario);
    const ours = await weAsk(scene, scenario);
    t.is(theirs.error, '');
    t.is(ours.error, '');
    t.is(theirs.asked.length, 1, 'kubectl asked');
    t.deepEqual(ours.asked, theirs.asked);
    if (expected) t.like(ours.asked[0], expected);
  },
);

/** One case a line: both refuse, ours with kubectl's words in it, and neither sends anything. */
export const refusesLikeKubectl = test.macro(async (t, arrange: (scene: CheckContext) => Scenario) => {
  const scene = await makeScene(t);
  const scenario = arrange(scene);
  const theirs = await kubectlAsks(scene, scenario);
  const ours = await weAsk(scene, scenario);
  t.not(theirs.error, '');
  for (const line of theirs.error.split('\n')) {
    const words = line.replace(/^(error|Error in configuration): ?|^\* /, '');
    t.true(ours.error.includes(words), `kubectl: ${theirs.error}\nwe: ${ours.error}`);
  }
  t.deepEqual([theirs.asked, ours.asked], [[], []]);
});

function argumentsOf(flags: ConnectionFlags): string[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return [value].flat().map((each) => `${flag}=${each}`);
  });
}

function countsOf(scene: CheckContext): number[] {
  return [scene.a, scene.b].map(({ asked }) => asked.length);
}

function askedSince(scene: CheckContext, counts: readonly number[]): Asked[] {
  return [scene.a, scene.b].flatMap(({ asked }, index) => asked.slice(counts[index]));
}
