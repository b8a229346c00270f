import { UsageError } from '../errors/usage-error.ts';
import { parseExternalAddress } from '../exposure/plan/external-address.ts';
import { controllerService } from '../skypilot/names.ts';
import type { AnnotateFlagValues } from './annotate-flags.ts';
import { parseDryRun } from './expose-request.ts';
import { type ManifestFormat, parseManifestFormat } from './print-manifests.ts';

/** What `annotate` is to do. */
export type AnnotateTask =
  | { readonly do: 'set'; readonly address: string }
  /** The user chooses one of the nodes' addresses; with a node the first of its own is taken. */
  | { readonly do: 'propose'; readonly node: string | undefined; readonly takeFirst: boolean }
  | { readonly do: 'remove' }
  | { readonly do: 'show' }
  | { readonly do: 'signpost'; readonly address: string; readonly ingressClass: string | undefined }
  | { readonly do: 'remove-signpost' };

/** The arguments of `annotate`, read and checked before anything is asked. */
export interface AnnotateArguments {
  readonly task: AnnotateTask;
  /** The Service that is annotated. */
  readonly service: { readonly namespace: string; readonly name: string };
  readonly force: boolean;
  readonly dryRun: 'client' | 'server' | undefined;
  readonly format: ManifestFormat;
}

/** @throws UsageError for anything that makes no sense */
export function readAnnotateArguments(
  words: readonly string[],
  flags: AnnotateFlagValues,
  mayAsk: boolean,
): AnnotateArguments {
  const dryRun = parseDryRun(flags['dry-run']);
  if (flags.output !== undefined && !dryRun) {
    throw new UsageError('-o shows what a dry run would write', 'add --dry-run=client, or leave -o out');
  }
  const task = readTask(words, flags);
  refuseStrayFlags(task, flags);
  if (task.do === 'propose' && task.node === undefined && !task.takeFirst && !mayAsk) {
    throw new UsageError(
      'annotate without ADDRESS asks which one to take, and there is no terminal to ask on',
      'kubectl skyports annotate ADDRESS, or -y to take the first address of a Ready node',
    );
  }
  return {
    task,
    service: serviceOf(flags['ingress-service']),
    force: flags.force ?? false,
    dryRun,
    format: parseManifestFormat(flags.output),
  };
}

function readTask(words: readonly string[], flags: AnnotateFlagValues): AnnotateTask {
  const [address, more] = words;
  if (more !== undefined) {
    throw new UsageError('annotate takes one ADDRESS: SkyPilot prints one', `kubectl skyports annotate ${address}`);
  }
  const given = [
    ...(address !== undefined ? ['ADDRESS'] : []),
    ...(['node', 'remove', 'show', 'signpost', 'remove-signpost'] as const)
      .filter((name) => flags[name] !== undefined && flags[name] !== false)
      .map((name) => `--${name}`),
  ];
  if (given.length > 1) throw new UsageError(`${given.join(' and ')} exclude each other`, 'give one of them');
  if (flags.remove) return { do: 'remove' };
  if (flags.show) return { do: 'show' };
  if (flags['remove-signpost']) return { do: 'remove-signpost' };
  if (flags.signpost !== undefined) {
    const cure = (usable: string) => `kubectl skyports annotate --signpost ${usable}`;
    const parsed = parseExternalAddress(flags.signpost, cure);
    return { do: 'signpost', address: parsed, ingressClass: flags['ingress-class'] };
  }
  if (address === undefined) return { do: 'propose', node: flags.node, takeFirst: flags.yes ?? false };
  return { do: 'set', address: parseExternalAddress(address, (usable) => `kubectl skyports annotate ${usable}`) };
}

function refuseStrayFlags({ do: task }: AnnotateTask, flags: AnnotateFlagValues): void {
  const ofSignpost = task === 'signpost' || task === 'remove-signpost';
  if (flags['ingress-class'] !== undefined && task !== 'signpost') {
    throw new UsageError('--ingress-class belongs to --signpost', 'leave it out, or add --signpost ADDRESS');
  }
  if (flags['ingress-service'] !== undefined && ofSignpost) {
    throw new UsageError(
      '--ingress-service names a Service to annotate; a signpost is always where SkyPilot looks',
      'leave --ingress-service out',
    );
  }
}

function serviceOf(text: string | undefined): AnnotateArguments['service'] {
  if (text === undefined) return controllerService;
  const [, namespace, name] = /^([^/]+)\/([^/]+)$/.exec(text) ?? [];
  if (namespace && name) return { namespace, name };
  throw new UsageError(`--ingress-service ${text}: no Service`, 'write it as NAMESPACE/NAME');
}
