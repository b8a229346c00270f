import type { Connection } from '../../kubernetes/api/connect.ts';
import type { LoadBalancerOptions } from '../../load-balancers/context.ts';
import type { System } from '../../system.ts';
import type { ConnectionValues } from '../command.ts';
import type { ExposeAccess } from './access.ts';
import type { ExposeFlagValues } from './command.ts';
import type { ExposeArguments } from './options.ts';

/** One call of `expose`: its arguments and the connection. */
export interface ExposeCall {
  readonly args: ExposeArguments;
  readonly flags: ExposeFlagValues;
  readonly options: LoadBalancerOptions;
  readonly connection: Connection;
  readonly connectionValues: ConnectionValues;
  readonly system: System;
  /** Checks and completes what a plan says about passwords and their Secret; undefined without `--auth`. */
  readonly access?: ExposeAccess | undefined;
}

/** What this call does about passwords; undefined without `--auth`. */
export async function accessOf(
  call: Omit<ExposeCall, 'access'>,
  password: string | undefined,
): Promise<ExposeCall['access']> {
  const { auth } = call.args.request;
  if (auth === undefined) return undefined;
  const [{ ExposeAccess }, { NewPassword }] = await Promise.all([import('./access.ts'), import('./password.ts')]);
  const makesOne = auth.is === 'basic' && auth.secret === undefined && !call.args.dryRun;
  return new ExposeAccess(makesOne ? new NewPassword(password, call.system) : undefined, call);
}

/** What this call does about passwords, also without `--auth`: a port may have a password already. */
export async function accessFor(call: ExposeCall): Promise<NonNullable<ExposeCall['access']>> {
  return call.access ?? new (await import('./access.ts')).ExposeAccess(undefined, call);
}
