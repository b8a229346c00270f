import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Pod } from 'kubernetes-types/core/v1';
import { ApiError } from '../../kubernetes/api/api-error.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import type { System } from '../../system.ts';
import { say } from '../messages.ts';
import { type AppLogin, loginIn, loginScript, mostBytes } from './app-login.ts';

/** The time limit of the command in the Pod, in milliseconds. */
const limitMs = 5000;

/** The container of SkyPilot's Pods in which the jobs run (sky/templates/kubernetes-ray.yml.j2). */
const skyContainer = 'ray-node';

/**
 * Reads the app's login with one command in the head's container. If this command is refused or fails, prints a warning
 * and returns undefined. The app then asks the user for its token.
 *
 * @param port the port of the Pod
 */
export async function readLogin(
  connection: Connection,
  head: Pod,
  port: number,
  system: System,
): Promise<AppLogin | undefined> {
  try {
    return await loginOf(connection, head, port);
  } catch (error) {
    const isForbidden = error instanceof ApiError && error.isForbidden;
    const why = isForbidden ? 'commands in the Pod are forbidden (create pods/exec)' : (error as Error).message;
    say(system, `warning: the app's token was not read: ${why}`);
    return undefined;
  }
}

/** @throws Failure if the command is refused or fails */
async function loginOf({ api }: Connection, { metadata, spec }: Pod, port: number): Promise<AppLogin | undefined> {
  const { namespace = '', name = '' } = metadata ?? {};
  const container = spec?.containers.some((each) => each.name === skyContainer) ? skyContainer : undefined;
  const command = ['sh', '-c', loginScript, 'sh', `${port}`];
  const { stdout } = await api.exec({ namespace, pod: name, container, command, mostBytes: 2 * mostBytes }, limitMs);
  return loginIn(stdout, port);
}

/**
 * How long a new login is looked for, in milliseconds, and the time between two looks: it grows from `least` to `most`.
 * A new head Pod starts the app after its setup commands.
 */
const patienceMs = 600_000;
const pauseMs = { least: 1000, most: 10_000 };

/**
 * Waits until the app has started again, and reads its login. Jupyter makes a new token at each start.
 *
 * @param before the login of the earlier start
 * @param over ends the wait
 * @returns undefined if the login did not change, or the app did not start in time
 */
export async function changedLogin(
  connection: Connection,
  head: Pod,
  { port, before }: { readonly port: number; readonly before: AppLogin },
  over: AbortSignal,
): Promise<AppLogin | undefined> {
  const endMs = Date.now() + patienceMs;
  for (let pause = pauseMs.least; !over.aborted && Date.now() < endMs; pause = Math.min(2 * pause, pauseMs.most)) {
    // The app or the container may not have started yet.
    const login = await loginOf(connection, head, port).catch(() => undefined);
    if (login && !isDeepStrictEqual({ ...login, hasEnded: false }, { ...before, hasEnded: false })) return login;
    if (login && !login.hasEnded) return undefined;
    await delay(pause, undefined, { signal: over }).catch(() => {});
  }
  return undefined;
}
