import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { RawData } from 'ws';
import { Failure } from '../../errors/failure.ts';
import { isRecord } from '../../snapshot/shape.ts';
import type { Transport } from '../transport/transport.ts';
import { ApiError, readApiAnswer } from './api-error.ts';

/** A command to run in a container of a Pod. */
export interface PodCommand {
  readonly namespace: string;
  readonly pod: string;
  /** The container. Default: the first container of the Pod. */
  readonly container?: string | undefined;
  readonly command: readonly string[];
  /** The maximum length of the output. If it is longer, the command ends with an error. Default: no limit. */
  readonly mostBytes?: number;
}

/** The output of a command, and how it ended. */
export interface PodCommandEnd {
  readonly stdout: string;
  readonly stderr: string;
  /** The error message, such as `command terminated with non-zero exit code`. Empty if the exit code is 0. */
  readonly failure: string;
}

/** The websocket subprotocol. The first byte of each message is its channel (k8s.io/apimachinery/pkg/util/remotecommand). */
const protocol = 'v5.channel.k8s.io';
const channels = { stdout: 1, stderr: 2, status: 3 } as const;

/**
 * Runs a command to its end (`pods/exec`), without a terminal and without standard input.
 *
 * @throws ApiError if the server refuses; Failure if the server cannot be reached, or if the command exceeds `timeoutMs` or
 * `mostBytes`
 */
export async function execInPod(transport: Transport, command: PodCommand, timeoutMs: number): Promise<PodCommandEnd> {
  const socket = await transport.openWebSocket(pathOf(command), protocol, timeoutMs);
  const written = { 1: '', 2: '', 3: '' } as Record<number, string>;
  let length = 0;
  const ended = new Promise<void>((resolve, reject) => {
    socket.on('message', (data: RawData) => {
      const bytes = Buffer.isBuffer(data) ? data : Buffer.from(data as ArrayBuffer);
      length += bytes.length;
      if (length > (command.mostBytes ?? Number.POSITIVE_INFINITY)) {
        reject(new Failure('no-exec', `the command in Pod ${command.pod} printed too much`, []));
        socket.terminate();
        return;
      }
      const channel = bytes[0] ?? 0;
      written[channel] = `${written[channel] ?? ''}${bytes.toString('utf8', 1)}`;
    });
    socket.once('unexpected-response', (_, answer: IncomingMessage) => {
      text(answer).then((body) => reject(new ApiError(readApiAnswer(answer.statusCode ?? 0, body))), reject);
    });
    socket.once('error', (error: Error) =>
      reject(new Failure('no-exec', `no command could be run in Pod ${command.pod}: ${error.message}`, [])),
    );
    socket.once('close', () => resolve());
  });
  const timer = setTimeout(() => socket.terminate(), timeoutMs);
  try {
    await ended;
  } finally {
    clearTimeout(timer);
    socket.terminate();
  }
  const status = written[channels.status] ?? '';
  if (status === '') {
    throw new Failure('no-exec', `the command in Pod ${command.pod} did not end within ${timeoutMs / 1000} s`, []);
  }
  const { status: outcome, message = '' } = statusIn(status);
  return {
    stdout: written[channels.stdout] ?? '',
    stderr: written[channels.stderr] ?? '',
    failure: outcome === 'Success' ? '' : message || 'it failed',
  };
}

function pathOf({ namespace, pod, container, command }: PodCommand): string {
  const query = new URLSearchParams([
    ...command.map((word) => ['command', word]),
    ...(container === undefined ? [] : [['container', container]]),
    ['stdout', 'true'],
    ['stderr', 'true'],
  ] as [string, string][]);
  return `/api/v1/namespaces/${namespace}/pods/${pod}/exec?${query}`;
}

/** Parses the Status that ends a command. Any other text counts as a failure, and becomes the message. */
function statusIn(text: string): { readonly status: unknown; readonly message: string } {
  const { message } = readApiAnswer(500, text);
  try {
    const value: unknown = JSON.parse(text);
    return { status: isRecord(value) ? value.status : undefined, message };
  } catch {
    return { status: undefined, message };
  }
}
