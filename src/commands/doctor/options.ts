import { parseDuration } from '../../arguments/duration.ts';
import { eitherOf } from '../../arguments/flag.ts';
import { nearestOf } from '../../arguments/nearest.ts';
import { oneOf } from '../../arguments/one-of.ts';
import { allChecks } from '../../doctor/all-checks.ts';
import { groups } from '../../doctor/define-check.ts';
import type { Selection } from '../../doctor/judge.ts';
import { advice, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { inNamespace } from '../../exposure/one-namespace.ts';
import { parsePortMappings } from '../../exposure/port-mapping.ts';
import { type ExposeMode, exposeModes } from '../../exposure/port-mode-names.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { System } from '../../system.ts';
import type { ConnectionValues } from '../command.ts';
import { requireConfirmation } from '../confirm.ts';
import { connectionFlags } from '../connection/flags.ts';
import { parseIngressService } from '../flags/named-ports.ts';
import { parseMode } from '../flags/parse-mode.ts';
import { type DoctorFlagValues, type DoctorFormat, doctorFormats, failureSeverities, probeChoices } from './command.ts';

/** The arguments of `doctor`, checked before the first request. */
export interface DoctorArguments {
  readonly name: string | undefined;
  readonly ports: readonly number[] | undefined;
  readonly mode: ExposeMode | undefined;
  readonly format: DoctorFormat;
  readonly selection: Selection;
  readonly failOn: (typeof failureSeverities)[number];
  readonly ingressService: string | undefined;
  /** `addresses` calls the endpoints from this machine. `pod` also looks inside the head Pods. */
  readonly probe: 'none' | 'addresses' | 'pod';
  /** The time limit of `--wait` in milliseconds; 0 means no wait. */
  readonly waitMs: number;
  /** Whether the saved and printed data contain tokens instead of addresses and names. */
  readonly redact: boolean;
  /** The options of `--fix`; undefined without `--fix`. */
  readonly fix: { readonly asks: boolean; readonly dryRun: boolean } | undefined;
  /** Whether `--mode` requests dry runs of the objects that the mode would write. */
  readonly dryRun: boolean;
}

/**
 * Parses the arguments of `doctor`.
 *
 * @throws UsageError for an invalid value, and for flags that cannot be combined
 */
export function readDoctorArguments(
  operands: readonly string[],
  flags: DoctorFlagValues,
  system: Pick<System, 'args' | 'env' | 'stdinIsTerminal'>,
): DoctorArguments {
  const { args, env } = system;
  const [name, ...ports] = operands;
  if (flags.filename !== undefined && flags.save !== undefined && !flags.redact) {
    throw new UsageError('conflicting-flags', '-f checks a file and --save writes one', [
      advice('leave out one of them, or add --redact'),
    ]);
  }
  refuseRedactInVain(flags);
  parseIngressService(flags['ingress-service']);
  if (flags.filename !== undefined) refuseWithFile(flags);
  return {
    name,
    ports: ports.length > 0 ? servicePortsIn(ports) : undefined,
    mode: parseMode(flags.mode, exposeModes),
    format: oneOf(flags.output ?? 'table', doctorFormats, '-o', args),
    selection: { only: flags.only && idsOf(flags.only), skip: idsOf(flags.skip ?? []) },
    failOn: oneOf(flags['fail-on'] ?? 'error', failureSeverities, '--fail-on', args),
    ingressService: flags['ingress-service'],
    probe: flags.filename === undefined ? probeOf(flags.probe ?? env.SKYPORTS_PROBE ?? 'true') : 'none',
    waitMs: flags.wait === undefined ? 0 : parseDuration(flags.wait || '5m', 'wait'),
    fix: fixOf(flags, system),
    dryRun: flags.mode !== undefined && flags.filename === undefined && flags['dry-run'] !== 'none',
    redact: flags.redact ?? false,
  };
}

function fixOf(flags: DoctorFlagValues, system: Pick<System, 'stdinIsTerminal'>): DoctorArguments['fix'] {
  const dryRun = flags['dry-run'] !== undefined && flags['dry-run'] !== 'none';
  if (!flags.fix) {
    if (flags.yes) {
      throw new UsageError('flag-without-effect', '-y only has an effect with --fix', [advice('add --fix')]);
    }
    if (dryRun && flags.mode === undefined) {
      throw new UsageError('flag-without-effect', '--dry-run only has an effect with --fix or --mode', [
        advice('add --fix, or --mode MODE'),
      ]);
    }
  }
  if (flags['dry-run'] === 'client') {
    const what = flags.fix ? 'what --fix would change' : 'whether it accepts what the mode writes';
    throw new UsageError('invalid-dry-run', `--dry-run=client: the API server has to be asked ${what}`, [
      advice('write --dry-run'),
    ]);
  }
  if (!flags.fix) return undefined;
  if (flags.mode !== undefined) {
    throw new UsageError(
      'conflicting-flags',
      '--mode checks a mode that may not be in use yet, and --fix changes objects',
      [advice('leave out one of them')],
    );
  }
  requireConfirmation('--fix asks before it changes anything', { yes: flags.yes, dryRun }, system);
  return { asks: !flags.yes, dryRun };
}

/** The formats that `--redact` accepts, because users share their output. */
const redactable: readonly string[] = ['json', 'yaml', 'markdown', 'html', 'tree'] satisfies DoctorFormat[];

/**
 * Refuses `--redact` for text output, because that output is not redacted. Otherwise, a user might share it and believe
 * that it is safe.
 */
function refuseRedactInVain({ redact, save, output }: DoctorFlagValues): void {
  if (!redact || save !== undefined || redactable.includes(output ?? 'table')) return;
  throw new UsageError(
    'flag-without-effect',
    `--redact only has an effect on saved files and on -o ${eitherOf(redactable)}`,
    [advice('add --save FILE, -o markdown or -o json')],
  );
}

/** With `-f`, refuses flags that need a live cluster. */
function refuseWithFile({ probe, wait, fix, 'print-role': role, 'dry-run': dryRun }: DoctorFlagValues): void {
  const leaveOut = [advice('leave out one of them')];
  if (fix) throw new UsageError('conflicting-flags', '-f checks a file, and --fix changes a cluster', leaveOut);
  if (probe !== undefined && probe !== 'false') {
    throw new UsageError('conflicting-flags', '-f checks a file, and --probe calls a cluster', leaveOut);
  }
  if (dryRun !== undefined && dryRun !== 'none') {
    throw new UsageError('conflicting-flags', '-f checks a file, and --dry-run asks a cluster', leaveOut);
  }
  if (role) throw new UsageError('conflicting-flags', '-f checks a file, and --print-role asks a cluster', leaveOut);
  if (wait !== undefined) {
    throw new UsageError('conflicting-flags', '-f checks a file, which does not change', [advice('leave out --wait')]);
  }
}

function probeOf(text: string): DoctorArguments['probe'] {
  if (text === 'pod') return 'pod';
  if (text === '' || text === 'true') return 'addresses';
  if (text === 'false') return 'none';
  throw new UsageError('invalid-choice', `--probe=${text}: unknown`, [
    advice(`--probe takes one of ${probeChoices.join(', ')}`),
  ]);
}

/** Parses Service ports. Refuses a mapping such as `80:8888`, because the doctor finds out the target port itself. */
function servicePortsIn(operands: readonly string[]): number[] {
  const mapped = operands.find((word) => word.includes(':'));
  if (mapped !== undefined) {
    throw new UsageError('invalid-port', `"${mapped}" maps a port`, [
      advice('doctor expects the ports that callers use: 80, not 80:8888'),
    ]);
  }
  return parsePortMappings(operands).map(({ servicePort }) => servicePort);
}

/**
 * Splits values at commas and checks that each part is the id of a check or a group.
 *
 * @throws UsageError for any other word; the error suggests the nearest id
 */
function idsOf(values: readonly string[]): string[] {
  const known: readonly string[] = [...allChecks.map(({ id }) => id), ...groups];
  return values
    .flatMap((value) => value.split(','))
    .map((value) => {
      const id = value.trim();
      if (known.includes(id)) return id;
      throw unknownCheck(id, known);
    });
}

/** The error for an id that no check has. */
export function unknownCheck(id: string, known: readonly string[]): UsageError {
  const nearest = nearestOf(id, known);
  return new UsageError('unknown-check', `unknown check "${id}"`, [
    ...(nearest ? [advice(`did you mean ${nearest}?`)] : []),
    cure(command`kubectl skyports doctor --list`, 'shows all checks'),
  ]);
}

/** The connection flags that are allowed with `-f`. Some of them select a part of the file. The others do no harm. */
const harmless: readonly string[] = ['namespace', 'context', 'v', 'request-timeout'];

/**
 * The part of the file's snapshot that the flags select.
 *
 * @throws UsageError if the file does not contain that part. The command then diagnoses nothing, because a diagnosis of
 * another part could mislead the user
 */
export function asAskedFor(
  snapshot: Snapshot,
  file: string,
  flags: DoctorFlagValues,
  values: ConnectionValues,
): Snapshot {
  const { context, namespace } = snapshot;
  const requested = { context: values.context || undefined, namespace: values.namespace || undefined };
  if (requested.context !== undefined && requested.context !== context) {
    const fact = context === '' ? 'does not name its context' : `is of context ${context}`;
    throw new UsageError(
      'not-in-file',
      `${file} ${fact}, ${context === '' ? 'and --context asks for' : 'not'} ${requested.context}`,
      [advice('leave out --context, or leave out -f')],
    );
  }
  if (flags['all-namespaces'] && namespace !== null) {
    throw new UsageError('not-in-file', `${file} has namespace ${namespace} only`, [
      advice('leave out -A'),
      cure(command`kubectl skyports doctor -A --save FILE`, 'saves all namespaces into FILE'),
    ]);
  }
  if (requested.namespace === undefined || requested.namespace === namespace || flags['all-namespaces'])
    return snapshot;
  if (namespace !== null) {
    throw new UsageError('not-in-file', `${file} has namespace ${namespace} only, not ${requested.namespace}`, [
      advice('leave out -n'),
      cure(command`kubectl skyports doctor -n ${requested.namespace} --save FILE`, 'saves that namespace into FILE'),
    ]);
  }
  return inNamespace(snapshot, requested.namespace);
}

/**
 * Refuses flags that choose a server or a user. With `-f`, they have no meaning.
 *
 * @throws UsageError
 */
export function refuseConnectionFlags(values: ConnectionValues): void {
  const names = Object.keys(connectionFlags) as (keyof ConnectionValues)[];
  const args = names.find((name) => !harmless.includes(name) && values[name] !== undefined && values[name] !== '');
  if (args) {
    throw new UsageError('conflicting-flags', `--${args} reaches a cluster, and -f checks a file`, [
      advice('leave out one of them'),
    ]);
  }
}
