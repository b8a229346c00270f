import { advice, command, cure } from '../../errors/cure.ts';
import { Failure } from '../../errors/failure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { renderJson } from '../../output/json.ts';
import { terminalText } from '../../output/terminal-text.ts';
import type { ServerVersion } from '../../snapshot/topics.ts';
import type { System } from '../../system.ts';
import { commit, version } from '../../version.ts';
import { type ConnectionValues, exitCodes } from '../command.ts';
import { connectToCluster } from '../connection/connect.ts';
import { didYouMean } from '../flags/did-you-mean.ts';
import { say } from '../messages.ts';
import { type VersionFlagValues, versionFormats } from './command.ts';

/** The document that `-o json` and `-o yaml` print. */
interface Versions {
  readonly apiVersion: 'skyports/v1alpha1';
  readonly kind: 'Version';
  readonly plugin: { readonly version: string; readonly commit: string | null };
  readonly node: { readonly version: string };
  /** The API server's answer to `/version`; null if there was no request or no answer. */
  readonly server: ServerVersion | null;
}

/**
 * Runs `version`; returns the exit code. If the API server does not answer, prints a warning, and still prints the
 * plugin's own version.
 */
export async function runVersion(
  operands: readonly string[],
  flags: VersionFlagValues,
  connectionValues: ConnectionValues,
  system: System,
): Promise<number> {
  const [word] = operands;
  if (word !== undefined) {
    throw new UsageError('unexpected-argument', `version takes no argument "${word}"`, [
      cure(command`kubectl skyports version`),
    ]);
  }
  const format = versionFormats.find((each) => each === flags.output);
  if (flags.output !== undefined && !format) {
    throw new UsageError('unknown-output-format', `unknown output format "${flags.output}"`, [
      advice(didYouMean(flags.output, versionFormats, '-o') ?? `-o takes one of ${versionFormats.join(', ')}`),
    ]);
  }
  const versions: Versions = {
    apiVersion: 'skyports/v1alpha1',
    kind: 'Version',
    plugin: { version: `v${version}`, commit },
    node: { version: system.nodeVersion },
    server: flags.client ? null : await serverVersion(connectionValues, system),
  };
  if (format === 'json') system.stdout.document(renderJson(versions));
  else if (format === 'yaml') system.stdout.document(await (await import('../../output/yaml.ts')).renderYaml(versions));
  else system.stdout.document(lines(versions));
  return exitCodes.fine;
}

function lines({ plugin, node, server }: Versions): string {
  return [
    `Plugin Version: ${plugin.version}${plugin.commit === null ? '' : ` (commit ${plugin.commit})`}`,
    `Node Version: ${node.version}`,
    ...(server ? [`Server Version: ${terminalText(server.gitVersion ?? 'unknown')}`] : []),
    '',
  ].join('\n');
}

async function serverVersion(values: ConnectionValues, system: System): Promise<ServerVersion | null> {
  try {
    const connection = await connectToCluster(values, system);
    try {
      const answer = await connection.api.get<ServerVersion>('/version');
      if (typeof answer.gitVersion === 'string') return answer;
      throw new Failure('unexpected-answer', 'unexpected response from the server: it names no version', []);
    } finally {
      connection.close();
    }
  } catch (error) {
    const fact = (error as Error).message;
    say(system, `warning: the API server's version is unknown: ${fact}`);
    say(system, 'add --client to leave it out');
    return null;
  }
}
