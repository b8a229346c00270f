import { advice, type Cure, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { isLoopback, oddityOf, whyUnreachable } from '../../exposure/plan/external-address.ts';
import { isIpAddress } from '../../exposure/scope.ts';
import type { NameAnswer } from '../../snapshot/probe.ts';
import type { System } from '../../system.ts';
import { say } from '../messages.ts';
import type { AnnotateTask } from './options.ts';

/** Resolves a name with this machine's resolver. */
export type Resolve = (name: string) => Promise<NameAnswer>;

/** Why users may be unable to reach an address. */
interface Doubt {
  readonly code: 'unreachable-address' | 'unresolved-address';
  readonly fact: string;
}

/**
 * Refuses an address that users probably cannot reach. With `--force`, prints a warning instead.
 *
 * @throws UsageError
 */
export async function refuseDoubtfulAddress(
  task: AnnotateTask,
  force: boolean,
  system: System,
  resolve: Resolve = askResolver,
): Promise<void> {
  if (task.do !== 'set' && task.do !== 'signpost') return;
  const { address } = task;
  const odd = oddityOf(address);
  if (odd !== undefined) say(system, `warning: ${odd}`);
  const why = whyUnreachable(address);
  const doubt: Doubt | undefined =
    why === undefined ? await doubtOfName(address, system, resolve) : { code: 'unreachable-address', fact: why };
  if (!doubt) return;
  if (!force) throw new UsageError(doubt.code, doubt.fact, curesOf(task));
  say(system, `warning: ${doubt.fact}`);
}

/**
 * Why users may be unable to reach a host name: it does not resolve, or it resolves only to loopback addresses. With
 * `SKYPORTS_PROBE=false`, names are not resolved.
 */
async function doubtOfName(name: string, system: System, resolve: Resolve): Promise<Doubt | undefined> {
  if (isIpAddress(name) || system.env.SKYPORTS_PROBE === 'false') return undefined;
  const { outcome, addresses, code } = await resolve(name);
  if (outcome === 'unknown-name') return { code: 'unresolved-address', fact: `${name} does not resolve (${code})` };
  if (outcome === 'no-answer') {
    say(system, `warning: whether ${name} resolves is unknown: no name server answered (${code})`);
    return undefined;
  }
  if (!addresses.every(isLoopback)) return undefined;
  const fact = `${name} resolves to ${addresses.join(', ')}, which leads every user to their own machine`;
  return { code: 'unreachable-address', fact };
}

function curesOf(task: Extract<AnnotateTask, { readonly address: string }>): Cure[] {
  const anyway = advice('add --force to use this address anyway');
  if (task.do === 'set') return [cure(command`kubectl skyports annotate`, 'proposes addresses of the nodes'), anyway];
  const note = 'ADDRESS is where users reach the ingress controller';
  return [cure(command`kubectl skyports annotate --signpost ADDRESS`, note), anyway];
}

async function askResolver(name: string): Promise<NameAnswer> {
  const [{ resolveName }, { Deadline }] = await Promise.all([
    import('../../probes/resolve-name.ts'),
    import('../../probes/deadline.ts'),
  ]);
  return resolveName(name, new Deadline(3000));
}
