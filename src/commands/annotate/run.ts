import type { System } from '../../system.ts';
import type { ConnectionValues } from '../command.ts';
import { connectToCluster } from '../connection/connect.ts';
import { annotateAddress, showAddress } from './address.ts';
import type { AnnotateFlagValues } from './command.ts';
import { refuseDoubtfulAddress } from './doubts.ts';
import type { AnnotateCall } from './lists.ts';
import { readAnnotateArguments } from './options.ts';
import { putSignpost, removeSignpost } from './signpost.ts';

/** Runs `annotate`; returns the exit code. */
export async function runAnnotate(
  operands: readonly string[],
  flags: AnnotateFlagValues,
  connectionValues: ConnectionValues,
  system: System,
): Promise<number> {
  const args = readAnnotateArguments(operands, flags, system.stdinIsTerminal);
  await refuseDoubtfulAddress(args.task, args.force, system);
  const connection = await connectToCluster(connectionValues, system);
  try {
    const { namespace } = connection;
    return await perform({ args, connection, namespace, connectionValues, system });
  } finally {
    connection.close();
  }
}

function perform(call: AnnotateCall): Promise<number> {
  const { task } = call.args;
  switch (task.do) {
    case 'show':
      return showAddress(call);
    case 'signpost':
      return putSignpost(task, call);
    case 'remove-signpost':
      return removeSignpost(call);
    default:
      return annotateAddress(task, call);
  }
}
