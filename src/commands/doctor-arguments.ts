import { nearestOf } from '../arguments/nearest.ts';
import { allChecks } from '../doctor/all-checks.ts';
import { links } from '../doctor/define-check.ts';
import type { Selection } from '../doctor/judge.ts';
import { UsageError } from '../errors/usage-error.ts';
import { type ExposeMode, exposeModes } from '../exposure/plan/expose-request.ts';
import { parsePortMappings } from '../exposure/port-mapping.ts';
import { type DoctorFlagValues, doctorFormats, failureSeverities } from './doctor-flags.ts';
import { parseMode } from './expose-request.ts';
import { parseIngressService } from './ingress-service.ts';

export type DoctorFormat = (typeof doctorFormats)[number];

/** The arguments of `doctor`, read and checked before anything is asked. */
export interface DoctorArguments {
  readonly name: string | undefined;
  readonly ports: readonly number[] | undefined;
  readonly mode: ExposeMode | undefined;
  readonly format: DoctorFormat;
  readonly selection: Selection;
  readonly failOn: (typeof failureSeverities)[number];
}

/** @throws UsageError for anything that makes no sense */
export function readDoctorArguments(words: readonly string[], flags: DoctorFlagValues): DoctorArguments {
  const [name, ...ports] = words;
  if (flags.filename !== undefined && flags.save !== undefined) {
    throw new UsageError('-f judges a file and --save writes one', 'choose one');
  }
  parseIngressService(flags['ingress-service']);
  if (flags.probe !== undefined && flags.probe !== 'false') {
    throw new UsageError(`--probe=${flags.probe}: this version does not probe`, 'leave it out, or write --probe=false');
  }
  return {
    name,
    ports: ports.length > 0 ? servicePortsIn(ports) : undefined,
    mode: parseMode(flags.mode, exposeModes),
    format: oneOf(flags.output ?? 'table', doctorFormats, '-o'),
    selection: { only: flags.only && idsOf(flags.only), skip: idsOf(flags.skip ?? []) },
    failOn: oneOf(flags['fail-on'] ?? 'error', failureSeverities, '--fail-on'),
  };
}

/** Where a Service port leads is what the doctor finds out. */
function servicePortsIn(words: readonly string[]): number[] {
  const mapped = words.find((word) => word.includes(':'));
  if (mapped !== undefined) {
    throw new UsageError(`"${mapped}" maps a port`, 'doctor takes the ports that callers dial: 80, not 80:8888');
  }
  return parsePortMappings(words).map(({ servicePort }) => servicePort);
}

function oneOf<T extends string>(text: string, choices: readonly T[], flag: string): T {
  const found = choices.find((each) => each === text);
  if (found) return found;
  throw new UsageError(`${flag} ${text}: unknown`, `${flag} takes one of ${choices.join(', ')}`);
}

/** Ids of checks and names of groups; several may stand in one value, behind commas. @throws UsageError with the nearest */
function idsOf(values: readonly string[]): string[] {
  const known = [...allChecks.map(({ id }) => id), ...links];
  return values
    .flatMap((value) => value.split(','))
    .map((value) => {
      const id = value.trim();
      if (known.includes(id)) return id;
      throw unknownCheck(id, known);
    });
}

/** No check has this id. */
export function unknownCheck(id: string, known: readonly string[]): UsageError {
  const nearest = nearestOf(id, known);
  return new UsageError(
    `unknown check "${id}"`,
    nearest ? `did you mean ${nearest}?` : 'kubectl skyports doctor --list shows all',
  );
}
