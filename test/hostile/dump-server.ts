import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { nodesRequest } from '../../src/modes/nodeport/mode.ts';
import { rowRequests } from '../../src/modes/what-to-collect.ts';
import { namespaceOfCollection } from '../../src/snapshot/resource-paths.ts';
import type { TopicRequest } from '../../src/snapshot/snapshot.ts';
import type { Topic } from '../../src/snapshot/topics.ts';
import { topicRows } from '../../src/snapshot/topics.ts';
import type { DumpDocument } from './mutations.ts';

/** An API server on loopback that answers the lists of `endpoints` from a dump. It also serves objects that a real server refuses. */
export interface DumpServer {
  /** Serves this dump from now on. @returns the path of the kubeconfig that leads here */
  serve(dump: DumpDocument): string;
  close(): void;
}

/** Starts such a server. @param kubeconfig the file that it writes */
export async function startDumpServer(kubeconfig: string): Promise<DumpServer> {
  let answers = new Map<string, object>();
  const server = createServer((request, response) => answer(request, response, answers));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    serve(dump) {
      answers = answersFrom(dump);
      const { context, namespace } = dump.metadata;
      const name = context || 'unnamed';
      const content = {
        'current-context': name,
        clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }],
        users: [{ name: 'u', user: {} }],
        contexts: [{ name, context: { cluster: 'c', user: 'u', ...(namespace && { namespace }) } }],
      };
      writeFileSync(kubeconfig, JSON.stringify(content));
      return kubeconfig;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Maps the path and label selector of each list to the answer. */
function answersFrom({ metadata, topics }: DumpDocument): Map<string, object> {
  const { namespace } = metadata;
  const eventsPath = namespace ? `/api/v1/namespaces/${namespace}/events` : '/api/v1/events';
  const requests = { ...rowRequests({ namespace }), nodes: nodesRequest, events: { path: eventsPath } };
  const entries = Object.entries(requests) as [Topic, TopicRequest][];
  return new Map(
    entries.map(([topic, { path, labelSelector = '' }]) => {
      const { kind, apiGroup } = topicRows[topic];
      const list = topics[topic] ?? { items: [] };
      const apiVersion = apiGroup === '' ? 'v1' : `${apiGroup}/v1`;
      // A dump has the controllers' Pods of other namespaces, too. `doctor` asks for them by themselves.
      const items = list.items?.filter((item: DumpDocument) =>
        [undefined, item.metadata.namespace].includes(namespaceOfCollection(path)),
      );
      const whole = { kind: `${kind}List`, apiVersion, metadata: { resourceVersion: '7' }, items };
      return [`${path} ${labelSelector}`, list.kind === 'Status' ? list : whole];
    }),
  );
}

function answer({ url = '/' }: IncomingMessage, response: ServerResponse, answers: ReadonlyMap<string, object>): void {
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  const found = answers.get(`${pathname} ${searchParams.get('labelSelector') ?? ''}`);
  const body: object = found ?? {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    message: 'not found',
    code: 404,
  };
  const { code = 200 } = body as { code?: number };
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
