import { Failure } from '../errors/failure.ts';
import type { Target } from './target.ts';

/** Why no answer came, in kubectl's words, and from which context we took the server. */
export function unreachable(error: NodeJS.ErrnoException, target: Target): Failure {
  const cause = ((error as unknown as AggregateError).errors?.[0] ?? error) as NodeJS.ErrnoException;
  const { host } = new URL(target.server);
  const from = `(${target.origin})`;
  if (cause.code === 'ECONNREFUSED') {
    return new Failure(
      `The connection to the server ${host} was refused - did you specify the right host or port? ${from}`,
      'start the cluster, or choose another context: kubectl config get-contexts',
      { cause: error },
    );
  }
  return new Failure(
    `Unable to connect to the server ${host}: ${cause.message} ${from}`,
    'kubectl config get-contexts',
    { cause: error },
  );
}
