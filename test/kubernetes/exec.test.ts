import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { WebSocket, WebSocketServer } from 'ws';
import { execInPod } from '../../src/kubernetes/api/exec.ts';
import type { Transport } from '../../src/kubernetes/transport/transport.ts';

const success = '\u0003{"kind":"Status","apiVersion":"v1","status":"Success"}';

/** Runs a command on a server that sends these messages; the first character of each is its channel. */
async function run(t: ExecutionContext, messages: readonly string[], mostBytes?: number) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  t.teardown(() => server.close());
  server.on('connection', (socket) => {
    for (const message of messages) socket.send(Buffer.from(message));
    socket.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const transport = { openWebSocket: async () => new WebSocket(`ws://127.0.0.1:${port}`) } as unknown as Transport;
  const command = { namespace: 'default', pod: 'train-head', command: ['cat'], ...(mostBytes && { mostBytes }) };
  return execInPod(transport, command, 5000);
}

test('the output and the end of a command', async (t) => {
  const end = await run(t, ['\u0001hello ', '\u0002warning', '\u0001world', success], 100);
  t.deepEqual(end, { stdout: 'hello world', stderr: 'warning', failure: '' });
});

test('a command that prints more than it may is an error', async (t) => {
  const flood = Array.from({ length: 50 }, () => `\u0001${'x'.repeat(1000)}`);
  await t.throwsAsync(run(t, [...flood, success], 10_000), {
    message: 'the command in Pod train-head printed too much',
  });
  t.is((await run(t, [...flood, success])).stdout.length, 50_000, 'without a limit');
});
