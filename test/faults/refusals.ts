import type { AskedRequest } from './asked-request.ts';
import type { Fault } from './fault.ts';
import { forbiddenText, page, type StatusOptions, serverWords, statusText } from './server-words.ts';

const retryAfter = { 'retry-after': '1' };

/** Answers with another HTTP status than 2xx. */
export const refusals: readonly Fault[] = [
  status(400, 'BadRequest'),
  { ...status(401, 'Unauthorized'), means: 'not logged in' },
  { ...refused('403 of RBAC', 403, forbiddenText), means: 'no right' },
  gateway(403),
  {
    ...status(403, 'Forbidden', {
      message: `unable to create new content in namespace x because it is being terminated: ${serverWords}`,
      details: { causes: [{ reason: 'NamespaceTerminating', message: 'namespace x is being terminated' }] },
    }),
    name: '403 of a namespace that is being deleted',
    means: 'namespace goes',
  },
  gateway(404),
  {
    ...refused('404 that names a namespace', 404, ({ namespace = 'x' }) => {
      const message = `namespaces "${namespace}" not found: ${serverWords}`;
      return statusText(404, 'NotFound', { message, details: { name: namespace, kind: 'namespaces' } });
    }),
  },
  {
    ...refused('404 that names the object', 404, notFound),
    // An object may be gone, and a kind may not be served; Pods and Services always are.
    believable: ({ method, name, resource }) =>
      name === undefined ? !['pods', 'services'].includes(resource) : method === 'GET' || method === 'DELETE',
  },
  gateway(405),
  { ...status(409, 'Conflict'), means: 'conflict' },
  status(410, 'Expired'),
  gateway(410),
  status(413, 'RequestEntityTooLarge'),
  status(422, 'Invalid', { details: { causes: [{ field: 'spec.ports', message: serverWords }] } }),
  status(429, 'TooManyRequests'),
  { ...status(429, 'TooManyRequests', {}, retryAfter), name: '429 with Retry-After', repeated: true },
  status(500, 'InternalError'),
  gateway(500),
  gateway(502),
  gateway(503),
  status(503, 'ServiceUnavailable'),
  { ...status(503, 'ServiceUnavailable', {}, retryAfter), name: '503 with Retry-After', repeated: true },
  status(504, 'Timeout'),
  gateway(504),
  ...[301, 302, 303, 307, 308].map((code): Fault => {
    const answer = { do: 'answer', status: code, redirects: true, body: () => page(code) } as const;
    return { name: `redirect ${code}`, means: 'server fails', words: 'elsewhere', blow: answer };
  }),
];

function refused(name: string, code: number, body: (request: AskedRequest) => string): Fault {
  const blow = { do: 'answer', status: code, body, headers: { 'content-type': 'application/json' } } as const;
  return { name, means: 'server fails', words: serverWords, blow };
}

function status(
  code: number,
  reason: string,
  options: StatusOptions = {},
  headers: Readonly<Record<string, string>> = {},
): Fault {
  const body = () => statusText(code, reason, options);
  return {
    name: `${code} with a Status`,
    means: 'server fails',
    words: serverWords,
    blow: { do: 'answer', status: code, body, headers: { 'content-type': 'application/json', ...headers } },
  };
}

function gateway(code: number): Fault {
  return {
    name: `${code} of a gateway`,
    means: 'server fails',
    words: serverWords,
    blow: { do: 'answer', status: code, body: () => page(code), headers: { 'content-type': 'text/html' } },
  };
}

/** What the API server says of one object, and of a kind that it does not serve. */
function notFound({ resource, name, group }: AskedRequest): string {
  if (name === undefined) {
    return statusText(404, 'NotFound', {
      message: `the server could not find the requested resource: ${serverWords}`,
    });
  }
  const details = { name, group, kind: resource };
  return statusText(404, 'NotFound', { message: `${resource} "${name}" not found: ${serverWords}`, details });
}
