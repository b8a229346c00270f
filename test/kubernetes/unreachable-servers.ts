import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';
import { Failure } from '../../src/errors/failure.ts';
import { type ConnectionFlags, connect } from '../../src/kubernetes/api/connect.ts';
import { type CheckContext, kubeconfig, kubectlAsks } from './beside-kubectl.ts';
import { systemForTest } from './system-for-test.ts';

/** A TCP server that does with each connection what it is told. */
export async function rawServer(t: ExecutionContext, onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Asks for Pods; kubectl's last line and our failure. */
export async function bothFail(
  t: ExecutionContext,
  scene: CheckContext,
  flags: ConnectionFlags,
): Promise<{ theirs: string; ours: Failure; context: string }> {
  const file = scene.file('config', kubeconfig(scene));
  const all = { kubeconfig: file, ...flags };
  const theirs = (await kubectlAsks(scene, { flags: all })).error.split('\n').at(-1)!;
  const { api, close } = await connect(all, systemForTest({ cwd: scene.folder }));
  const ours = (await t.throwsAsync(api.list('/api/v1/pods'), { instanceOf: Failure })) as Failure;
  close();
  return { theirs, ours, context: `context "main" of ${file}` };
}

/** Our failure alone: kubectl tries for 10 s and more before it says what stands in the test. */
export async function weFail(t: ExecutionContext, scene: CheckContext, flags: ConnectionFlags): Promise<Failure> {
  const { api, close } = await connect(
    { kubeconfig: scene.file('config', kubeconfig(scene)), ...flags },
    systemForTest({ cwd: scene.folder }),
  );
  const failure = (await t.throwsAsync(api.list('/api/v1/pods'), { instanceOf: Failure })) as Failure;
  close();
  return failure;
}

export const freePort = async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};
