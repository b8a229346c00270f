import type { System } from '../system.ts';
import { annotateAddress, showAddress } from './annotate-address.ts';
import { readAnnotateArguments } from './annotate-arguments.ts';
import { refuseDoubtfulAddress } from './annotate-doubts.ts';
import type { AnnotateFlagValues } from './annotate-flags.ts';
import type { AnnotateCall } from './annotate-look.ts';
import { putSignpost, removeSignpost } from './annotate-signpost.ts';
import type { ConnectionValues } from './command.ts';
import { connectToCluster } from './connect-to-cluster.ts';

/** Runs `annotate`; returns the exit code. */
export async function runAnnotate(
  words: readonly string[],
  flags: AnnotateFlagValues,
  connectionValues: ConnectionValues,
  system: System,
): Promise<number> {
  const given = readAnnotateArguments(words, flags, system.stdinIsTerminal);
  await refuseDoubtfulAddress(given.task, given.force, system);
  const connection = await connectToCluster(connectionValues, system);
  try {
    const { namespace } = connection;
    return await perform({ given, connection, namespace, connectionValues, system });
  } finally {
    connection.close();
  }
}

function perform(call: AnnotateCall): Promise<number> {
  const { task } = call.given;
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
