import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { didYouMean } from './did-you-mean.ts';

/**
 * Parses `--mode`.
 *
 * @throws UsageError for an unknown mode; the error suggests the nearest mode
 */
export function parseMode<M extends string>(text: string | undefined, modes: readonly M[]): M | undefined {
  if (text === undefined) return undefined;
  const mode = modes.find((each) => each === text);
  if (mode) return mode;
  throw new UsageError('unknown-mode', `unknown mode "${text}"`, [
    advice(didYouMean(text, modes, '--mode') ?? `--mode takes one of ${modes.join(', ')}`),
  ]);
}
