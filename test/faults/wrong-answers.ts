import type { Json } from '../helpers/cluster.ts';
import { type AskedRequest, apiVersionOf, kindOf } from './asked-request.ts';
import type { Fault } from './fault.ts';
import { forbiddenText, page, serverWords, statusText } from './server-words.ts';

/** Answers with HTTP status 200 that are not what was asked for. */
export const wrongAnswers: readonly Fault[] = [
  ...['{}', '[]', '7', 'null', '"text"', '{"status":"ok"}', '{"items":"abc"}', '{"items":{}}', '{"items":[null]}'].map(
    (body) => wrong(`200 ${body}`, () => body),
  ),
  wrong('200 with an empty body', () => ''),
  wrong('200 with a page of HTML', () => page(200), { words: serverWords }),
  wrong('200 with a list whose items are null', (request) => listOf(request, null)),
  wrong('200 with a list that holds null', (request) => listOf(request, [null])),
  wrong('200 with a list that holds numbers', (request) => listOf(request, [7, 8])),
  wrong('200 with an empty list of ConfigMaps', () =>
    JSON.stringify({ kind: 'ConfigMapList', apiVersion: 'v1', items: [] }),
  ),
  wrong('200 with an object of another name', (request) =>
    objectOf(request, kindOf(request), apiVersionOf(request), 'another-name'),
  ),
  wrong('200 with an object of another kind', (request) =>
    objectOf(request, 'ConfigMap', 'v1', request.name ?? 'train'),
  ),
  wrong('200 with a Status of Success', () => JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Success' }), {
    // An API server answers a removal so.
    believable: ({ method }) => method === 'DELETE',
  }),
  wrong('200 with a Status of Failure, code 500', () => statusText(500, 'InternalError'), { words: serverWords }),
  wrong('200 with a Status of Failure, code 404', () => statusText(404, 'NotFound'), { words: serverWords }),
  wrong('200 with a Status of Failure, code 403', forbiddenText, { words: serverWords, means: 'no right' }),
  changed('labels and annotations that are texts', (object) => {
    if (object.metadata) Object.assign(object.metadata, { labels: 'text', annotations: 'text' });
  }),
  changed('names that are numbers', (object) => {
    if (object.metadata) Object.assign(object.metadata, { name: 7, namespace: 8, uid: 9, creationTimestamp: 10 });
    // What `/version` and `/apis` answer.
    if ('gitVersion' in object) object.gitVersion = 7;
    for (const group of object.groups ?? []) group.name = 7;
  }),
  changed('specs that are texts', (object) => {
    for (const field of ['spec', 'status', 'endpoints', 'provisioner']) if (field in object) object[field] = 'text';
  }),
  changed('ports that are numbers', (object) => {
    for (const holder of [object, object.spec]) if (holder?.ports) holder.ports = 7;
    for (const container of object.spec?.containers ?? []) Object.assign(container, { ports: 7, env: 'text', name: 9 });
  }),
  changed('metadata that is null', (object) => {
    if (object.metadata) object.metadata = null;
  }),
];

function wrong(name: string, body: (request: AskedRequest) => string, more: Partial<Fault> = {}): Fault {
  return { name, means: 'server fails', blow: { do: 'answer', status: 200, body }, ...more };
}

/** The server's own answer, with each object in it changed. */
function changed(what: string, change: (object: Json) => void): Fault {
  return {
    name: `200 with ${what}`,
    means: 'server fails',
    blow: {
      do: 'change the answer',
      change: (answer) => {
        const objects = Array.isArray(answer?.items) ? answer.items : [answer];
        for (const object of objects) change(object);
        return answer;
      },
    },
  };
}

function listOf(request: AskedRequest, items: readonly unknown[] | null): string {
  return JSON.stringify({ kind: `${kindOf(request)}List`, apiVersion: apiVersionOf(request), metadata: {}, items });
}

function objectOf({ namespace }: AskedRequest, kind: string, apiVersion: string, name: string): string {
  const metadata = { name, namespace, uid: '6a0f7a36-3ea3-4f5a-9d23-6f8f0f9b1c11', resourceVersion: '7' };
  return JSON.stringify({ kind, apiVersion, metadata });
}
