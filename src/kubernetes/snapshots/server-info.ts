import type { SelfSubjectAccessReview } from 'kubernetes-types/authorization/v1';
import { objectFault } from '../../snapshot/object-fault.ts';
import type { ApiGroup, Observation, ServerVersion, Topic } from '../../snapshot/topics.ts';
import type { Connection } from '../api/connect.ts';
import { UnexpectedAnswerError } from '../api/expected-answer.ts';
import { observing } from './collect.ts';

/** One permission to review. */
export interface WantedAccess {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** The namespace; absent for all namespaces, and for a kind without namespaces. */
  readonly namespace?: string;
}

/**
 * Asks the API server whether the user has each permission (authorization.k8s.io/v1, SelfSubjectAccessReview). The
 * requests are sent in parallel.
 */
export async function reviewAccess(
  connection: Connection,
  wanted: readonly WantedAccess[],
): Promise<Observation<SelfSubjectAccessReview>> {
  return observing(async () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const items = await Promise.all(
      wanted.map((resourceAttributes) =>
        connection.api.create<SelfSubjectAccessReview>(path, {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          spec: { resourceAttributes },
        }),
      ),
    );
    return { items: items.map((item) => readable('accessReviews', item)), resourceVersion: '', cutOff: false };
  });
}

/** The API server's version (`/version`). */
export async function serverVersion(connection: Connection): Promise<Observation<ServerVersion>> {
  return observing(async () => {
    const items = [readable('serverVersion', await connection.api.get<ServerVersion>('/version'))];
    return { items, resourceVersion: '', cutOff: false };
  });
}

/** The API groups of the server, including those of custom resources (`/apis`, meta/v1 APIGroupList). */
export async function apiGroups(connection: Connection): Promise<Observation<ApiGroup>> {
  return observing(async () => {
    const { kind, groups } = await connection.api.get<{ kind?: unknown; groups?: unknown }>('/apis');
    if (kind !== 'APIGroupList' || !Array.isArray(groups)) throw unreadable('/apis is not answered by an APIGroupList');
    const items = groups.map((group: ApiGroup) => ({ name: readable('apiGroups', group).name ?? '' }));
    return { items, resourceVersion: '', cutOff: false };
  });
}

/** Checks that an answer has the shape that the plugin reads. @throws UnexpectedAnswerError */
function readable<T extends object>(topic: Topic, item: T): T {
  const fault = objectFault(topic, item);
  if (fault !== undefined) throw unreadable(fault);
  return item;
}

function unreadable(fault: string): UnexpectedAnswerError {
  return new UnexpectedAnswerError('unexpected-answer', `unexpected response from the server: ${fault}`, []);
}
