import { UsageError } from '../errors/usage-error.ts';

/** Reads `--ingress-service`. @throws UsageError for anything but NAMESPACE/NAME */
export function parseIngressService(text: string | undefined): string | undefined {
  if (text === undefined || /^[^/]+\/[^/]+$/.test(text)) return text;
  throw new UsageError(`--ingress-service ${text}: no Service`, 'write it as NAMESPACE/NAME');
}
