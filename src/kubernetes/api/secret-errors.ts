import { isAboutPermission } from '../../snapshot/dry-run.ts';
import { resourceAt } from '../../snapshot/resource-paths.ts';
import { ApiError } from './api-error.ts';

/**
 * The error of a request, without words that may contain the data of a Secret. A policy, a webhook or a validation may
 * repeat parts of the object that it refuses. Answers that only name the object or its fields keep their words.
 */
export function withoutSecretWords(error: unknown, path: string): unknown {
  if (!(error instanceof ApiError) || resourceAt(path)?.kind !== 'Secret') return error;
  const { status, serverMessage } = error;
  const namesOnly =
    [401, 404, 409].includes(status) || isAboutPermission(serverMessage) || error.isNamespaceTerminating;
  if (namesOnly) return error;
  // For a policy and for a webhook, the words before their own text say who refused the request.
  const [who] = /^.*? denied (?:the )?request/s.exec(serverMessage) ?? ['request about a Secret was refused'];
  return error.withServerMessage(`${who} (more words are hidden, because they may contain the data of the Secret)`);
}
