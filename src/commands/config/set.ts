import { nearestOf } from '../../arguments/nearest.ts';
import { advice, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { replaceFile } from '../../local/replace-file.ts';
import { readSkyConfigText, type SkyConfigPlace, skyConfigPlaces } from '../../local/sky-config-files.ts';
import { unifiedDiff, writeDiff } from '../../output/unified-diff.ts';
import { kindPortMode } from '../../skypilot/config.ts';
import { setInSkyConfig } from '../../skypilot/config-file/edit-sky-config.ts';
import { kindContext } from '../../skypilot/names.ts';
import type { System } from '../../system.ts';
import { type ConnectionValues, exitCodes } from '../command.ts';
import { confirm, requireConfirmation } from '../confirm.ts';
import { parseDryRun } from '../expose/options.ts';
import { say, sayWithCures } from '../messages.ts';
import type { ConfigFlagValues } from './command.ts';
import { type ConfigContext, configContext, settingsIn, shownPath } from './context.ts';
import { serverChange } from './server-change.ts';

/** A key of a configuration file, and its new value. */
export interface ConfigEntry {
  /** The keys from the root: `kubernetes`, `ports`. */
  readonly keys: readonly string[];
  readonly value: string;
}

/** A change of SkyPilot's configuration. */
export interface ConfigSetting {
  readonly entries: readonly ConfigEntry[];
  /** The kubeconfig context to which the change applies; undefined for all contexts. */
  readonly context: string | undefined;
}

/**
 * Shows the change as a diff, asks the user, and writes the change to SkyPilot's configuration. Returns the exit code.
 *
 * @throws UsageError if the file cannot be changed safely, or there is no terminal to ask on
 */
export async function setInConfig(
  setting: ConfigSetting,
  flags: ConfigFlagValues,
  values: ConnectionValues,
  system: System,
): Promise<number> {
  const { entries } = setting;
  const dryRun = parseDryRun(flags['dry-run']);
  if (dryRun === 'server') {
    throw new UsageError('invalid-dry-run', '--dry-run=server: config does not use an API server', [
      advice('write --dry-run'),
    ]);
  }
  requireConfirmation('config asks before it writes', { yes: flags.yes, dryRun: dryRun !== undefined }, system);
  const place = placeToWrite(flags.project ?? false, system);
  const path = shownPath(place.path, system);
  const before = readSkyConfigText(place);
  const after = entries.reduce((text, { keys, value }) => setInSkyConfig({ path, text }, keys, value), before ?? '');
  const context = await configContext(values, system);
  if (after === (before ?? '')) {
    for (const entry of entries) say(system, `nothing to change: ${wordsOf(entry, 'is')} in ${path}`);
    sayWhatCounts(setting, place, { context, values, system });
    return exitCodes.fine;
  }
  const diff = unifiedDiff({ name: path, before: before ?? '', after });
  if (dryRun) {
    writeDiff(system.stdout, diff);
    sayWhatCounts(setting, place, { context, values, system });
    return exitCodes.fine;
  }
  writeDiff(system.stderr, diff);
  if (!flags.yes && !(await confirm(system, `Write ${path}?`))) {
    say(system, 'nothing was written');
    return exitCodes.failed;
  }
  replaceFile(place.file, before, after);
  for (const entry of entries) system.stdout.line(`${wordsOf(entry, 'set to')} in ${path}`);
  sayWhatCounts(setting, place, { context, values, system });
  return exitCodes.fine;
}

function wordsOf({ keys, value }: ConfigEntry, between: string): string {
  return `${keys.join('.')} ${between} ${value || '""'}`;
}

function placeToWrite(project: boolean, system: System): SkyConfigPlace {
  const places = skyConfigPlaces(system);
  const [only] = places;
  if (project && only!.scope === 'only') {
    throw new UsageError(
      'no-project-config',
      `SKYPILOT_CONFIG is set: SkyPilot reads ${only!.path} alone, and no file of a project`,
      [advice('unset SKYPILOT_CONFIG, or leave --project out')],
    );
  }
  return places.find(({ scope }) => scope === (project ? 'project' : 'user')) ?? only!;
}

interface ConfigCall {
  readonly context: ConfigContext;
  readonly values: ConnectionValues;
  readonly system: System;
}

/** Prints which SkyPilot clusters use the new setting, and which other settings override it. */
function sayWhatCounts(setting: ConfigSetting, place: SkyConfigPlace, call: ConfigCall): void {
  const { context, values, system } = call;
  const { keys, value } = setting.entries[0]!;
  const isPorts = keys.at(-1) === 'ports';
  if (isPorts) {
    const expose = command`kubectl skyports expose SKYCLUSTER PORT --mode ${value}`;
    const open = cure(expose, 'opens PORT of the running SKYCLUSTER');
    const fact = 'SkyPilot uses it for new SkyPilot clusters only; running ones keep their ports';
    sayWithCures(system, fact, [open], values);
  } else {
    say(
      system,
      'SkyPilot sets it on every object of new SkyPilot clusters, including Pods; running ones do not change',
    );
  }
  const { apiServer } = context;
  say(
    system,
    apiServer
      ? `the SkyPilot API server ${apiServer} has its own configuration: this file applies only to what you launch from here`
      : 'a remote SkyPilot API server has its own configuration',
  );
  if (apiServer) for (const line of serverChange(setting.entries, apiServer)) say(system, line);
  for (const entry of setting.entries) sayOverrides(entry, place, context, system);
  sayUnknownContext(setting, call);
}

function sayOverrides(
  { keys, value }: ConfigEntry,
  place: SkyConfigPlace,
  context: ConfigContext,
  system: System,
): void {
  const key = keys.join('.');
  for (const { path, content } of context.files) {
    for (const other of settingsIn(content)) {
      const isSame = other.keys.join('.') === key;
      if (isSame && path !== place.path && other.value !== value && place.scope === 'user') {
        say(system, `warning: ${shownPath(path, system)} has ${key}: ${other.value}, and wins over the user's file`);
      }
      const name = other.keys[2];
      if (key === 'kubernetes.ports' && other.keys[1] === 'context_configs' && other.keys.at(-1) === 'ports') {
        const own = `kubernetes.context_configs.${name}.ports is ${other.value} in ${shownPath(path, system)}`;
        if (other.value !== value) say(system, `context ${name} keeps its own: ${own}`);
      }
    }
  }
}

function sayUnknownContext({ entries, context: named }: ConfigSetting, { context, values, system }: ConfigCall): void {
  const { contexts } = context;
  if (named !== undefined && contexts && !contexts.includes(named)) {
    const nearest = nearestOf(named, contexts);
    const guess = nearest ? `; did you mean ${nearest}?` : '';
    const list = cure(command`kubectl config get-contexts -o name`, 'lists the contexts');
    sayWithCures(system, `warning: the kubeconfig has no context "${named}"${guess}`, nearest ? [] : [list], values);
  }
  const isOther = entries.some(({ keys, value }) => keys.at(-1) === 'ports' && value !== kindPortMode);
  if (isOther && (named ?? context.current) === kindContext) {
    say(system, `warning: SkyPilot always uses ingress for the context ${kindContext}, whatever is configured`);
  }
}

/** The entry for an annotation that SkyPilot sets on its objects. */
export function annotationEntry(key: string, value: string, context: string | undefined): ConfigEntry {
  return { keys: [...sectionOf(context), 'custom_metadata', 'annotations', key], value };
}

/**
 * The keys of the section `kubernetes` that applies to all contexts, or of the section for one context.
 *
 * @throws UsageError if the name of the context is empty
 */
export function sectionOf(context: string | undefined): string[] {
  if (context === '') {
    throw new UsageError('empty-value', '--for-context names no context', [
      cure(command`kubectl config get-contexts -o name`, 'lists the contexts'),
    ]);
  }
  return context === undefined ? ['kubernetes'] : ['kubernetes', 'context_configs', context];
}
