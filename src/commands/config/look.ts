import { nearestOf } from '../../arguments/nearest.ts';
import { command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { readSkyConfigText, skyConfigPlaces } from '../../local/sky-config-files.ts';
import { cureLines } from '../../output/cure-lines.ts';
import { renderTable } from '../../output/table.ts';
import { terminalText } from '../../output/terminal-text.ts';
import { portsOfSkyConfig } from '../../skypilot/config.ts';
import { faultsOfSkyConfig, type SkyConfigFault } from '../../skypilot/config-file/sky-config-faults.ts';
import { kindContext } from '../../skypilot/names.ts';
import type { System } from '../../system.ts';
import { type ConnectionValues, exitCodes } from '../command.ts';
import { say, sayWithCures } from '../messages.ts';
import { type ConfigContext, configContext, settingsIn, shownPath } from './context.ts';

/** Runs `config get`: prints the settings that SkyPilot uses, each with its file. Returns the exit code. */
export async function showConfig(values: ConnectionValues, system: System): Promise<number> {
  const context = await configContext(values, system);
  const winners = new Map<string, { value: string; path: string }>();
  for (const { path, content } of context.files) {
    for (const { keys, value } of settingsIn(content)) {
      const key = keys.join('.');
      const earlier = winners.get(key);
      if (earlier && earlier.value !== value) {
        say(
          system,
          `${shownPath(path, system)} wins over ${key}: ${earlier.value} of ${shownPath(earlier.path, system)}`,
        );
      }
      winners.set(key, { value, path });
    }
  }
  const rows = [...winners].map(([key, { value, path }]) => ({ cells: [key, value, shownPath(path, system)] }));
  if (rows.length > 0) system.stdout.lines(renderTable(['KEY', 'VALUE', 'FILE'], rows));
  sayMode(context, system);
  if (context.apiServer) {
    say(system, `the SkyPilot API server ${context.apiServer} has its own configuration, which these files override`);
  }
  return exitCodes.fine;
}

function sayMode({ files, current }: ConfigContext, system: System): void {
  const { ports } = portsOfSkyConfig(files, current ?? '');
  const whose = current ? `context ${current}: ` : '';
  if (current === kindContext) {
    say(system, `${whose}SkyPilot always uses ingress for this context`);
  } else if (ports) {
    say(system, `${whose}new SkyPilot clusters use ${ports.value} (${ports.key} in ${shownPath(ports.path, system)})`);
  } else {
    const looked = skyConfigPlaces(system).map(({ path }) => shownPath(path, system));
    say(system, `${whose}new SkyPilot clusters use loadbalancer, SkyPilot's default: no ports in ${looked.join(', ')}`);
  }
}

/** Runs `config check`: prints the settings that SkyPilot rejects. Returns the exit code. */
export async function checkConfig(values: ConnectionValues, system: System): Promise<number> {
  const texts = skyConfigPlaces(system).flatMap((place) => {
    const text = readSkyConfigText(place);
    return text === undefined ? [] : [{ place, file: { path: shownPath(place.path, system), text } }];
  });
  let found = 0;
  for (const { place, file } of texts) {
    const faults = faultsIn(file, place.scope === 'project');
    for (const fault of faults) system.stdout.document(linesOf(fault));
    found += faults.length;
  }
  if (found > 0) return exitCodes.problems;
  await sayUnknownContexts(values, system);
  const fine = texts.map(({ file }) => file.path).join(', ');
  say(
    system,
    texts.length > 0
      ? `${fine}: the port settings are valid`
      : 'there is no configuration file; SkyPilot uses loadbalancer',
  );
  return exitCodes.fine;
}

/**
 * The faults in a file. If it is not valid YAML, the only fault is the error of the parser. The other files are still
 * checked.
 */
function faultsIn(file: { path: string; text: string }, project: boolean): (SkyConfigFault | UsageError)[] {
  try {
    return faultsOfSkyConfig(file, project);
  } catch (error) {
    if (error instanceof UsageError) return [error];
    throw error;
  }
}

function linesOf(fault: SkyConfigFault | UsageError): string {
  const place = fault instanceof UsageError ? '' : `${fault.path}:${fault.line}:${fault.column}: `;
  return [`${place}${fault.message}`, ...cureLines(fault.cures, '  ')]
    .map((line) => `${terminalText(line)}\n`)
    .join('');
}

/**
 * Prints a note about each configured context that the kubeconfig does not contain. This is not an error, because the
 * context may exist in the kubeconfig of another machine.
 */
async function sayUnknownContexts(values: ConnectionValues, system: System): Promise<void> {
  const { files, contexts } = await configContext(values, system);
  if (!contexts) {
    say(system, 'there is no kubeconfig: whether the contexts of context_configs exist was not checked');
    return;
  }
  const configured = new Set(
    files.flatMap(({ content }) =>
      settingsIn(content).flatMap(({ keys }) => (keys[1] === 'context_configs' ? [keys[2]!] : [])),
    ),
  );
  for (const name of configured) {
    if (contexts.includes(name)) continue;
    const nearest = nearestOf(name, contexts);
    const guess = nearest ? `; did you mean ${nearest}?` : '';
    const list = cure(command`kubectl config get-contexts -o name`, 'lists the contexts');
    const fact = `kubernetes.context_configs.${name}: the kubeconfig has no such context${guess}`;
    sayWithCures(system, fact, nearest ? [] : [list], values);
  }
}
