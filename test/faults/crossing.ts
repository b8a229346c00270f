import { type RunOutcome, skyports } from '../helpers/run-skyports.ts';
import { type Asked, proxy } from './proxy.ts';

/** What happens in the middle of a command. */
interface Crossing {
  /** Selects the request; the first one counts. */
  at(asked: Asked): boolean;
  /** Whether `meanwhile` happens between the request and its answer. Otherwise, before the request. */
  readonly isAfter: boolean;
  meanwhile(): Promise<unknown>;
}

/** Runs a command through a proxy, and something else in the middle of it. */
export async function crossing(
  args: readonly string[],
  namespace: string,
  { at, isAfter, meanwhile }: Crossing,
): Promise<RunOutcome & { readonly requests: readonly string[] }> {
  let isLeft = true;
  const { kubeconfig, requests, close } = await proxy(namespace, async (asked) => {
    if (!isLeft || !at(asked)) return undefined;
    isLeft = false;
    const early = isAfter ? await asked.pass() : undefined;
    await meanwhile();
    return early && asked.answer(early.status, early.value);
  });
  const outcome = await skyports(args, { kubeconfig });
  close();
  return { ...outcome, requests };
}
