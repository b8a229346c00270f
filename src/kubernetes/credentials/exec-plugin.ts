import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';
import nodeProcess from 'node:process';
import { advice, type Cure, command, cure } from '../../errors/cure.ts';
import { Failure, InterruptedError } from '../../errors/failure.ts';
import { isRecord } from '../../snapshot/shape.ts';
import type { System } from '../../system.ts';
import type { ExecPlugin } from '../kubeconfig/kubeconfig-file.ts';
import type { Target } from '../kubeconfig/target.ts';
import { whileWaiting } from '../transport/silence.ts';

/** A plugin's output (`ExecCredential.status`): a token, or a certificate with its key, or both. */
export interface ExecCredential {
  token?: string | undefined;
  clientCertificateData?: string | undefined;
  clientKeyData?: string | undefined;
  /** The expiry time in milliseconds since 1970; undefined if the credential does not expire. */
  expiresAt?: number | undefined;
}

/**
 * Runs the kubeconfig's exec plugin as client-go does, with the user's environment, the plugin's own variables and
 * KUBERNETES_EXEC_INFO. The plugin's stderr is shown to the user.
 * @throws Failure if the plugin fails; its message is that of client-go. If the plugin is not installed, it also
 * contains the installHint
 */
export async function runExecPlugin(plugin: ExecPlugin, target: Target, system: System): Promise<ExecCredential> {
  const interactive = mayUseStdin(plugin, system);
  const { spawn } = await import('node:child_process');
  const options: SpawnOptions = {
    cwd: system.cwd,
    env: {
      ...system.env,
      ...Object.fromEntries(plugin.env.map(({ name, value }) => [name, value])),
      KUBERNETES_EXEC_INFO: JSON.stringify(execInfo(plugin, target, interactive)),
    },
    stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'pipe'],
  };
  // If the plugin may read the terminal, run it in this process group. Another group could not read the terminal.
  const detached = !interactive && system.platform !== 'win32';
  let child: ChildProcess;
  try {
    child = spawn(plugin.command, plugin.args, { ...options, detached });
  } catch (error) {
    // `spawn` throws if the command contains a NUL character.
    throw cannotRun(plugin, error as NodeJS.ErrnoException);
  }
  if (detached) hasOwnGroup.add(child);
  const stdout = await outputOf(child, plugin, system);
  return parseCredential(stdout, plugin);
}

/** How much output of a plugin is read, in bytes. Tokens and certificates are much smaller. */
const mostOutput = 1024 * 1024;

/**
 * Collects the output of the plugin until it exits. The plugin is killed in two cases: this process is interrupted, or
 * the output is too long.
 */
function outputOf(child: ChildProcess, plugin: ExecPlugin, system: System): Promise<string> {
  const { stderr, interrupted } = system;
  const ended = whileWaiting(`the credential plugin ${plugin.command}`, system);
  return new Promise<string>((resolve, reject) => {
    const chunks: Buffer[] = [];
    const lengths = { stdout: 0, stderr: 0 };
    let failure: Failure | undefined;
    const fail = (error: Failure) => {
      failure ??= error;
      kill(child, 'SIGTERM');
      setTimeout(() => {
        kill(child, 'SIGKILL');
        reject(failure);
      }, killAfterMs);
    };
    const interrupt = () => fail(new InterruptedError());
    if (interrupted.aborted) interrupt();
    interrupted.addEventListener('abort', interrupt, { once: true });
    child.stdout?.on('data', (chunk: Buffer) => {
      lengths.stdout += chunk.length;
      if (lengths.stdout <= mostOutput) chunks.push(chunk);
      else if (!failure) {
        const fact = `getting credentials: exec: executable ${plugin.command} printed more than 1 MiB`;
        fail(new Failure('credential-plugin', fact, [showsMessages(plugin)]));
      }
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lengths.stderr += text.length;
      if (lengths.stderr <= mostOutput) stderr.passThrough(text);
    });
    child.on('error', (error) => reject(cannotRun(plugin, error)));
    child.on('close', (code, signal) => {
      ended();
      interrupted.removeEventListener('abort', interrupt);
      if (failure) return reject(failure);
      if (code === 0) return resolve(Buffer.concat(chunks).toString());
      const how = signal ? `was ended by ${signal}` : `failed with exit code ${code}`;
      reject(
        new Failure('credential-plugin', `getting credentials: exec: executable ${plugin.command} ${how}`, [
          cure(command`${wordsOf(plugin)}`, 'shows why'),
        ]),
      );
    });
  });
}

/**
 * How long a plugin may run after SIGTERM, in milliseconds. It is shorter than the time that main.ts gives this process
 * after an interruption.
 */
const killAfterMs = 200;

/** Sends the signal to the plugin. If the plugin has its own process group, its child processes get the signal too. */
function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  const { pid } = child;
  if (pid === undefined) return;
  try {
    if (hasOwnGroup.has(child)) nodeProcess.kill(-pid, signal);
    else child.kill(signal);
  } catch {
    // Ignore the error: the process has already ended.
  }
}

const hasOwnGroup = new WeakSet<ChildProcess>();

function mayUseStdin(plugin: ExecPlugin, system: System): boolean {
  if (plugin.interactiveMode === 'Always' && !system.stdinIsTerminal) {
    const fact = 'getting credentials: exec plugin cannot support interactive mode: standard input is not a terminal';
    throw new Failure('credential-plugin', fact, [
      advice('run it in a terminal, or log in first'),
      cure(command`${wordsOf(plugin)} > /dev/null`, 'logs in'),
    ]);
  }
  return plugin.interactiveMode !== 'Never' && system.stdinIsTerminal;
}

function execInfo(plugin: ExecPlugin, target: Target, interactive: boolean): object {
  const spec = plugin.provideClusterInfo ? { cluster: clusterInfo(target), interactive } : { interactive };
  return { kind: 'ExecCredential', apiVersion: plugin.apiVersion, spec };
}

function clusterInfo({ server, cluster }: Target): object {
  const authority = cluster.certificateAuthority
    ? readFileSync(cluster.certificateAuthority).toString('base64')
    : cluster.certificateAuthorityData;
  return {
    server,
    ...(cluster.tlsServerName && { 'tls-server-name': cluster.tlsServerName }),
    ...(cluster.insecureSkipTlsVerify && { 'insecure-skip-tls-verify': true }),
    ...(authority && { 'certificate-authority-data': authority }),
    ...(cluster.proxyUrl && { 'proxy-url': cluster.proxyUrl }),
    ...(cluster.disableCompression && { 'disable-compression': true }),
    config: cluster.execConfig ?? null,
  };
}

function cannotRun(plugin: ExecPlugin, error: NodeJS.ErrnoException): Failure {
  if (error.code !== 'ENOENT') {
    const cures = [cure(command`${wordsOf(plugin)}`, 'shows why')];
    return new Failure('credential-plugin', `getting credentials: exec: ${error.message}`, cures, { cause: error });
  }
  const hint =
    'install it and see that it is in PATH: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins';
  const fact = `getting credentials: exec: executable ${plugin.command} not found`;
  const cures = [advice(oneLine(plugin.installHint) || hint)];
  return new Failure('credential-plugin', fact, cures, { cause: error });
}

/**
 * Puts the install hint on one line of a message. The kubeconfig may be from other people, so the hint must not look
 * like a message of this plugin.
 */
function oneLine(hint: string | undefined): string {
  return (hint ?? '')
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/ +/g, ' ')
    .trim();
}

function parseCredential(text: string, plugin: ExecPlugin): ExecCredential {
  const wrong = (what: string) =>
    new Failure('credential-plugin', `getting credentials: ${what}`, [showsMessages(plugin)]);
  let printed: unknown;
  try {
    printed = JSON.parse(text);
  } catch {
    // Do not show the parser's message: it quotes the text, which may be the secret.
    throw wrong(`decoding stdout: ${plugin.command} printed no JSON`);
  }
  if (!isRecord(printed)) throw wrong(`decoding stdout: ${plugin.command} did not print an object`);
  if (printed.apiVersion !== plugin.apiVersion) {
    throw wrong(
      `exec plugin is configured to use API version ${plugin.apiVersion}, plugin returned version ${printed.apiVersion}`,
    );
  }
  const { status } = printed;
  if (!isRecord(status)) throw wrong("exec plugin didn't return a status field");
  const { expirationTimestamp } = status;
  const [token, clientCertificateData, clientKeyData] = ['token', 'clientCertificateData', 'clientKeyData'].map(
    (name) => {
      const value = status[name] ?? undefined;
      if (value === undefined || typeof value === 'string') return value;
      throw wrong(`decoding stdout: ${name} is not a text`);
    },
  );
  if (!token && !clientCertificateData && !clientKeyData)
    throw wrong("exec plugin didn't return a token or cert/key pair");
  if (!clientCertificateData !== !clientKeyData) throw wrong('exec plugin returned only certificate or key, not both');
  const expiresAt = typeof expirationTimestamp === 'string' ? Date.parse(expirationTimestamp) : undefined;
  return { token, clientCertificateData, clientKeyData, expiresAt };
}

/**
 * A command that shows only the messages of the plugin. Its output may be the credential, and must not appear on a
 * terminal.
 */
function showsMessages(plugin: ExecPlugin): Cure {
  return cure(
    command`${wordsOf(plugin)} > /dev/null`,
    'shows its messages, without its output, which may be the credential',
  );
}

function wordsOf(plugin: ExecPlugin): string[] {
  return [plugin.command, ...plugin.args];
}
