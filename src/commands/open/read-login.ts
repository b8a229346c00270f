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
  { api }: Connection,
  { metadata, spec }: Pod,
  port: number,
  system: System,
): Promise<AppLogin | undefined> {
  const { namespace = '', name = '' } = metadata ?? {};
  const container = spec?.containers.some((each) => each.name === skyContainer) ? skyContainer : undefined;
  const command = ['sh', '-c', loginScript, 'sh', `${port}`];
  try {
    const { stdout } = await api.exec({ namespace, pod: name, container, command, mostBytes: 2 * mostBytes }, limitMs);
    return loginIn(stdout, port);
  } catch (error) {
    const isForbidden = error instanceof ApiError && error.isForbidden;
    const why = isForbidden ? 'commands in the Pod are forbidden (create pods/exec)' : (error as Error).message;
    say(system, `warning: the app's token was not read: ${why}`);
    return undefined;
  }
}
