import { UsageError } from '../errors/usage-error.ts';

/** No server is known: no kubeconfig, not in a Pod, no `--server`. A caller may add how else the user can get there. */
export class NoKubeconfigError extends UsageError {}
