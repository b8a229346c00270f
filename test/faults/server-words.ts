import type { AskedRequest } from './asked-request.ts';

/** What the failing server says. No message of the plugin has these words. */
export const serverWords = 'the upstream is out of breath';

/** They end with what a terminal must not get: a colour, a bell, a C1 control sequence, and text from right to left. */
const hostileWords = `${serverWords} \u001b[31m\u0007\u009b1m\u202e\u2028`;

/** The page of a gateway. */
export function page(status: number): string {
  return `<html><head><title>${status}</title><style>p { color: red }</style></head><body><h1>${status}</h1><p>${hostileWords}</p></body></html>`;
}

export interface StatusOptions {
  readonly message?: string;
  readonly details?: object;
}

/** A Status of the API server (meta/v1), as text. */
export function statusText(
  code: number,
  reason: string,
  { message = hostileWords, details }: StatusOptions = {},
): string {
  const failure = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  return JSON.stringify({ ...failure, ...(details && { details }) });
}

/** What RBAC says about a request. */
export function forbiddenText(request: AskedRequest): string {
  const { group, resource, namespace } = request;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const message = `${resource} is forbidden: User "ada" cannot ${verbOf(request)} resource "${resource}" in API group "${group}" ${where}: ${hostileWords}`;
  return statusText(403, 'Forbidden', { message, details: { group, kind: resource } });
}

function verbOf({ method, name }: AskedRequest): string {
  if (method === 'GET') return name === undefined ? 'list' : 'get';
  return { POST: 'create', PATCH: 'patch', DELETE: 'delete' }[method] ?? method.toLowerCase();
}
