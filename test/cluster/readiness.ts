import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whom to ask whether it is ready. */
export interface ReadinessQuestion {
  readonly server: string;
  /** A PEM file. */
  readonly certificateAuthority: string;
  readonly token: string;
}

/** Resolves when the API server says that it is ready, roles and namespaces included; stops asking when `stop` is aborted. */
export async function untilReady(question: ReadinessQuestion, stop: AbortSignal): Promise<void> {
  const agent = new Agent({ ca: readFileSync(question.certificateAuthority), keepAlive: true });
  try {
    while (!stop.aborted && !(await isReady(question, agent))) await sleep(50);
  } finally {
    agent.destroy();
  }
}

function isReady(question: ReadinessQuestion, agent: Agent): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${question.token}` };
    const request = get(`${question.server}/readyz`, { agent, headers, timeout: 30_000 }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode === 200));
      response.once('error', () => resolve(false));
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });
}
