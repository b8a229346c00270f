import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { admin } from './admin-request.ts';
import { cluster } from './current-cluster.ts';
import { until } from './until.ts';

/** A request that the API server saw. */
export interface AuditedRequest {
  /** get, list, watch, create, update, patch, delete, deletecollection; for paths that are no resource get, post, … */
  readonly verb: string;
  /** With the query, as it was sent. */
  readonly uri: string;
  /** `pods`, or `serviceaccounts/token` for a subresource; undefined for paths like `/version`. */
  readonly resource: string | undefined;
  readonly namespace: string | undefined;
  readonly userAgent: string;
  /** The HTTP status. */
  readonly code: number;
  readonly impersonatedUser: string | undefined;
  /** `ResponseStarted`: a watch that still runs. `ResponseComplete`: it is over. */
  readonly stage: string;
}

/**
 * The requests that a user has made so far in this run, in the order in which they were answered (a watch: began
 * to be answered). Each request is there once, everything that was answered before this call included.
 *
 * @param userName as the API server knows the user: `system:serviceaccount:NAMESPACE:NAME`
 */
export async function requestsOf(userName: string): Promise<AuditedRequest[]> {
  const requests = new Map<string, AuditedRequest>();
  for (const line of (await completeLog()).split('\n')) {
    // Parsing every line of a long run for each question would take longer than the tests.
    if (!line.includes(`"${userName}"`)) continue;
    const event = JSON.parse(line) as AuditEvent;
    if (event.user.username === userName) requests.set(event.auditID, auditedRequest(event));
  }
  return [...requests.values()];
}

/**
 * The log, once it has a line of a request of our own: the server writes a request's line when it has handed its answer
 * to the connection, so a client may see the answer a moment before the line is there.
 *
 * @param from leaves out what the file had up to this number of bytes
 */
export async function completeLog(from = 0): Promise<string> {
  const marker = `/version?marker=${randomBytes(8).toString('hex')}`;
  await admin('GET', marker);
  const log = await until('the audit log has our request', () => {
    const content = readFileSync(cluster().auditLog).toString('utf8', from);
    return content.includes(marker) && content;
  });
  return log.slice(0, log.lastIndexOf('\n'));
}

interface AuditEvent {
  readonly auditID: string;
  readonly stage: string;
  readonly requestURI: string;
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly impersonatedUser?: { readonly username: string };
  readonly userAgent?: string;
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string; readonly namespace?: string };
  readonly responseStatus?: { readonly code?: number };
}

function auditedRequest(event: AuditEvent): AuditedRequest {
  const { resource, subresource, namespace } = event.objectRef ?? {};
  return {
    verb: event.verb,
    uri: event.requestURI,
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    namespace,
    userAgent: event.userAgent ?? '',
    code: event.responseStatus?.code ?? 0,
    impersonatedUser: event.impersonatedUser?.username,
    stage: event.stage,
  };
}
