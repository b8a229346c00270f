import type { ServerResponse } from 'node:http';
import type { ExecutionContext } from 'ava';
import { type Connection, type ConnectionFlags, connect } from '../../src/kubernetes/api/connect.ts';
import { type CheckContext, kubeconfig, makeScene } from './beside-kubectl.ts';
import type { Answer, RecordingServerOptions } from './recording-server.ts';
import { systemForTest } from './system-for-test.ts';

/** A connection to a server that answers as told; `written` is what we said on stderr. */
export async function connected(
  t: ExecutionContext,
  answer: Answer,
  flags: ConnectionFlags = {},
  options: Pick<RecordingServerOptions, 'version'> = {},
): Promise<Connection & { scene: CheckContext; written(): string }> {
  const scene = await makeScene(t, { answer, ...options });
  const system = systemForTest({ cwd: scene.folder });
  const connection = await connect({ kubeconfig: scene.file('config', kubeconfig(scene)), ...flags }, system);
  t.teardown(() => connection.close());
  return { ...connection, scene, written: system.written };
}

/** Answers with a value. */
export function json(
  response: ServerResponse,
  value: object,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

/** The body of a refusal. */
export function status(code: number, reason: string, message = reason): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message };
}
