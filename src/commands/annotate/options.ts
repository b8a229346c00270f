import { advice, type Command, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { parseExternalAddress, whyUnreachable, whyUnusable } from '../../exposure/plan/external-address.ts';
import { isIpAddress } from '../../exposure/scope.ts';
import { controllerService } from '../../skypilot/names.ts';
import { parseDryRun } from '../expose/options.ts';
import { type ManifestFormat, parseManifestFormat } from '../flags/print-manifests.ts';
import type { AnnotateFlagValues } from './command.ts';

/** What a call of `annotate` does. */
export type AnnotateTask =
  | { readonly do: 'set'; readonly address: string }
  /**
   * Proposes addresses of all nodes, or of the named `node`. If `node` or `takeFirst` is set, the first address is used
   * without a question.
   */
  | { readonly do: 'propose'; readonly node: string | undefined; readonly takeFirst: boolean }
  | { readonly do: 'remove' }
  | { readonly do: 'show' }
  | { readonly do: 'signpost'; readonly address: string; readonly ingressClass: string | undefined }
  | { readonly do: 'remove-signpost' };

/** The arguments of `annotate`, checked before the first request. */
export interface AnnotateArguments {
  readonly task: AnnotateTask;
  /** The Service to annotate. */
  readonly service: { readonly namespace: string; readonly name: string };
  readonly force: boolean;
  /** Whether every question is answered with yes (`-y`). */
  readonly yes: boolean;
  readonly dryRun: 'client' | 'server' | undefined;
  readonly format: ManifestFormat;
}

/**
 * Parses the arguments of `annotate`.
 *
 * @throws UsageError for an invalid value, and for flags that cannot be combined
 */
export function readAnnotateArguments(
  operands: readonly string[],
  flags: AnnotateFlagValues,
  mayAsk: boolean,
): AnnotateArguments {
  const dryRun = parseDryRun(flags['dry-run']);
  if (flags.output !== undefined && !dryRun) {
    throw new UsageError('output-without-dry-run', '-o shows what a dry run would write', [
      advice('add --dry-run=client, or leave -o out'),
    ]);
  }
  const task = readTask(operands, flags);
  refuseStrayFlags(task, flags);
  if (task.do === 'propose' && task.node === undefined && !task.takeFirst && !mayAsk) {
    throw new UsageError(
      'no-terminal',
      'annotate without ADDRESS asks which one to use, and there is no terminal to ask on',
      [
        cure(command`kubectl skyports annotate ADDRESS`, 'ADDRESS is where users reach the ingress controller'),
        advice('add -y to use the first address of a Ready node'),
      ],
    );
  }
  return {
    task,
    service: serviceOf(flags['ingress-service']),
    force: flags.force ?? false,
    yes: flags.yes ?? false,
    dryRun,
    format: parseManifestFormat(flags.output),
  };
}

function readTask(operands: readonly string[], flags: AnnotateFlagValues): AnnotateTask {
  const [address] = operands;
  if (operands.length > 1) throw tooManyOperands(operands);
  const args = [
    ...(address !== undefined ? ['ADDRESS'] : []),
    ...(['node', 'remove', 'show', 'signpost', 'remove-signpost'] as const)
      .filter((name) => flags[name] !== undefined && flags[name] !== false)
      .map((name) => `--${name}`),
  ];
  if (args.length > 1) {
    throw new UsageError('conflicting-flags', `${args.join(' and ')} exclude each other`, [
      advice('leave out all but one'),
    ]);
  }
  if (flags.remove) return { do: 'remove' };
  if (flags.show) return { do: 'show' };
  if (flags['remove-signpost']) return { do: 'remove-signpost' };
  if (flags.signpost !== undefined) {
    const parsed = parseExternalAddress(flags.signpost, signpostAt);
    return { do: 'signpost', address: parsed, ingressClass: flags['ingress-class'] };
  }
  if (address === undefined) return { do: 'propose', node: flags.node, takeFirst: flags.yes ?? false };
  return { do: 'set', address: parseExternalAddress(address, annotateWith) };
}

const annotateWith = (address: string): Command | null => command`kubectl skyports annotate ${address}`;
const signpostAt = (address: string): Command | null => command`kubectl skyports annotate --signpost ${address}`;

/**
 * The error for more than one operand, as in `annotate train 203.0.113.7`. The user has probably typed the name of a
 * SkyPilot cluster as well, so each word may be the address.
 */
function tooManyOperands(operands: readonly string[]): UsageError {
  const usable = operands.filter((each) => whyUnusable(each) === undefined && whyUnreachable(each) === undefined);
  const numeric = usable.filter(isIpAddress);
  const addresses = [...new Set(numeric.length > 0 ? numeric : usable)];
  return new UsageError(
    'too-many-operands',
    'annotate takes one ADDRESS and no SKYCLUSTER: SkyPilot prints one address for all of its clusters',
    addresses.length > 0
      ? addresses.slice(0, 5).map((each) => cure(annotateWith(each)))
      : [cure(annotateWith('ADDRESS'), 'ADDRESS is where users reach the ingress controller')],
  );
}

function refuseStrayFlags({ do: task }: AnnotateTask, flags: AnnotateFlagValues): void {
  const ofSignpost = task === 'signpost' || task === 'remove-signpost';
  if (flags['ingress-class'] !== undefined && task !== 'signpost') {
    throw new UsageError('flag-needs-flag', '--ingress-class belongs to --signpost', [
      advice('leave it out, or add --signpost ADDRESS'),
    ]);
  }
  if (flags['ingress-service'] !== undefined && ofSignpost) {
    throw new UsageError(
      'conflicting-flags',
      '--ingress-service names a Service to annotate; a signpost always has the name that SkyPilot looks for',
      [advice('leave --ingress-service out')],
    );
  }
}

function serviceOf(text: string | undefined): AnnotateArguments['service'] {
  if (text === undefined) return controllerService;
  const [, namespace, name] = /^([^/]+)\/([^/]+)$/.exec(text) ?? [];
  if (namespace && name) return { namespace, name };
  throw new UsageError('invalid-ingress-service', `--ingress-service ${text} does not name a Service`, [
    advice('write it as NAMESPACE/NAME'),
  ]);
}
