import { advice } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';

/** Reads `--ingress-service`. @throws UsageError for anything but NAMESPACE/NAME */
export function parseIngressService(text: string | undefined): string | undefined {
  if (text === undefined || /^[^/]+\/[^/]+$/.test(text)) return text;
  throw new UsageError('invalid-service-name', `--ingress-service ${text} does not name a Service`, [
    advice('write it as NAMESPACE/NAME'),
  ]);
}
