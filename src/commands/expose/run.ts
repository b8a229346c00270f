import type { System } from '../../system.ts';
import { type ConnectionValues, exitCodes } from '../command.ts';
import { connectToCluster } from '../connection/connect.ts';
import { parseEndpointFormat } from '../endpoints/print.ts';
import { parseManifestFormat } from '../flags/print-manifests.ts';
import { accessOf } from './call.ts';
import type { ExposeFlagValues } from './command.ts';
import { readLoadBalancerOptions } from './load-balancer-options.ts';
import { openPorts } from './open.ts';
import { type ExposeArguments, readExposeArguments, refuseContradictions } from './options.ts';
import { printSkyConfig } from './print-sky-config.ts';

/** Runs `expose`; returns the exit code. */
export async function runExpose(
  operands: readonly string[],
  flags: ExposeFlagValues,
  connectionValues: ConnectionValues,
  system: System,
): Promise<number> {
  if (operands.length === 1 || flags.filename !== undefined) {
    const { namePorts } = await import('./name-ports.ts');
    const named = await namePorts({ operands, flags }, connectionValues, system);
    return named ? runExpose(named.operands, named.flags, connectionValues, system) : exitCodes.failed;
  }
  const args = await readArguments(operands, flags, system);
  const options = readLoadBalancerOptions(flags, system);
  if (args.mode) refuseContradictions(flags, args.mode);
  const format = args.dryRun ? undefined : await parseEndpointFormat(flags.output);
  const manifestFormat = args.dryRun ? parseManifestFormat(flags.output) : undefined;
  const { auth } = args.request;
  const isTyped = auth?.is === 'basic' && auth.newPassword;
  const password = isTyped ? await (await import('./password.ts')).readPassword(system) : undefined;
  const connection = await connectToCluster(connectionValues, system);
  try {
    const base = { args, flags, options, connection, connectionValues, system };
    const call = { ...base, access: await accessOf(base, password) };
    if (flags['print-sky-config']) return await printSkyConfig(call);
    return format
      ? await openPorts(call, format)
      : await (await import('./dry-run.ts')).dryRunExpose(call, manifestFormat);
  } catch (error) {
    throw (await import('./refused.ts')).withRefuser(error, connection.namespace);
  } finally {
    connection.close();
  }
}

async function readArguments(
  operands: readonly string[],
  flags: ExposeFlagValues,
  system: System,
): Promise<ExposeArguments> {
  const args = readExposeArguments(operands, flags);
  if (flags.app === undefined) return args;
  const { fieldsForApp } = await import('./app.ts');
  return { ...args, request: { ...args.request, ...fieldsForApp(flags, args.request, system) } };
}
