import { safeOutput } from '../output/streams.ts';
import type { System } from '../system.ts';

/**
 * A copy of the System that prints nothing on stderr, and has no terminal for questions. With it, a credential plugin
 * neither asks nor prints anything.
 *
 * @param patience when this signal is aborted, a credential plugin ends
 */
export function quietSystem(system: System, patience: AbortSignal): System {
  const silent = safeOutput({ write: () => {}, isTerminal: false, columns: 80 });
  const interrupted = AbortSignal.any([system.interrupted, patience]);
  return Object.create(system, {
    stderr: { value: silent },
    stdinIsTerminal: { value: false },
    interrupted: { value: interrupted },
  }) as System;
}
