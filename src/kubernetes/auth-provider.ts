import type { RequestOptions } from 'node:https';
import { Failure } from '../errors/failure.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { System } from '../system.ts';
import type { Target } from './target.ts';

/** Lets client-node refresh the OIDC tokens when they have run out, and keeps what it gets. */
export interface OidcRefresh {
  around(useTokens: () => Promise<RequestOptions>): Promise<RequestOptions>;
}

/**
 * Checks the user's `auth-provider` as kubectl does; undefined when there is none, or when another credential comes first.
 * @throws UsageError for gcp and azure, which kubectl 1.26 dropped, and for unknown ones
 */
export function checkAuthProvider(target: Target, system: System): OidcRefresh | undefined {
  const provider = target.user.authProvider;
  if (!provider) return undefined;
  const successor = successors[provider.name];
  if (successor) {
    throw new UsageError(
      `The ${provider.name} auth plugin has been removed (user "${target.userName}" of ${target.origin})`,
      successor,
    );
  }
  if (provider.name !== 'oidc') {
    throw new UsageError(
      `no Auth Provider found for name "${provider.name}"`,
      `kubectl config view --minify ${target.kubectlFlags}`.trim(),
    );
  }
  for (const needed of ['idp-issuer-url', 'client-id']) {
    if (!provider.config[needed]) throw new UsageError(`Must provide ${needed}`, setCredentials(target, needed));
  }
  if (target.user.token || target.user.tokenFile) return undefined;
  return { around: (useTokens) => refresh(provider.config, useTokens, target, system) };
}

/** The credential plugins that took their place. */
const successors: Readonly<Record<string, string>> = {
  gcp: 'gcloud components install gke-gcloud-auth-plugin && gcloud container clusters get-credentials CLUSTER',
  azure: 'kubelogin convert-kubeconfig',
};

/** client-go takes a token for expired 10 s before its time. */
const expiryMarginMs = 10_000;

async function refresh(
  config: Record<string, string>,
  useTokens: () => Promise<RequestOptions>,
  target: Target,
  system: System,
): Promise<RequestOptions> {
  const before = { ...config };
  if (!isValid(config['id-token'], system.now())) {
    if (!config['refresh-token']) {
      throw new Failure(
        `No valid id-token, and cannot refresh without refresh-token (user "${target.userName}" of ${target.origin})`,
        setCredentials(target, 'refresh-token'),
      );
    }
    // client-node refreshes only what it takes for expired, and nothing when there is no token at all.
    config['id-token'] = expiredToken;
  }
  let options: RequestOptions;
  try {
    options = await useTokens();
  } catch (error) {
    const { message, cause } = error as Error;
    const reason = [message, cause instanceof Error ? cause.message : ''].filter(Boolean).join(': ');
    throw new Failure(
      `failed to refresh token of user "${target.userName}" at ${config['idp-issuer-url']}: ${reason}`,
      'log in again with your identity provider',
      { cause: error },
    );
  }
  if (config['id-token'] !== before['id-token']) {
    const { keepTokens } = await import('./keep-tokens.ts');
    keepTokens(before, config, target, system);
  }
  return options;
}

/** No signature, no user, run out in 1970. */
const expiredToken = `${Buffer.from('{}').toString('base64url')}.${Buffer.from('{"exp":1}').toString('base64url')}.`;

function isValid(token: string | undefined, now: Date): boolean {
  if (!token) return false;
  try {
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return now.getTime() + expiryMarginMs < exp * 1000;
  } catch {
    return false;
  }
}

function setCredentials(target: Target, key: string): string {
  return `kubectl config set-credentials ${target.userName} --auth-provider=oidc --auth-provider-arg=${key}=VALUE`;
}
