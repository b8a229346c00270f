import type { RequestOptions } from 'node:https';
import { advice, type Cure, command, cure, lastOperand } from '../../errors/cure.ts';
import { Failure } from '../../errors/failure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { System } from '../../system.ts';
import type { Target } from '../kubeconfig/target.ts';

/**
 * Provides the id-token of `auth-provider: oidc` in the kubeconfig, and refreshes this token after it has expired.
 * client-node's own code is not used, for three reasons: it ignores the client-secret, it fails without a message if
 * the refresh-token is missing, and it does not save a new token.
 */
export class OidcCredentials {
  readonly #target: Target;
  readonly #system: System;
  readonly #config: Record<string, string>;
  #refreshing: Promise<void> | undefined;

  /**
   * @throws UsageError for another provider (kubectl 1.26 removed gcp and azure), or if the issuer or the client-id is
   * missing
   */
  constructor(target: Target, system: System) {
    this.#target = target;
    this.#system = system;
    this.#config = { ...target.user.authProvider?.config };
    checkProvider(target);
  }

  /**
   * client-node calls this method. As in client-go, a `token` or `tokenFile` of the user is used instead of this
   * provider.
   */
  isAuthProvider(): boolean {
    return Boolean(this.#target.user.authProvider) && !this.#target.user.tokenFile;
  }

  async applyAuthentication(_user: unknown, options: RequestOptions): Promise<void> {
    if (!isValid(this.#config['id-token'], this.#system.now())) {
      // All requests share one refresh, because many providers accept a refresh token only once.
      this.#refreshing ??= this.#refresh().finally(() => {
        this.#refreshing = undefined;
      });
      await this.#refreshing;
    }
    Object.assign(options.headers as object, { Authorization: `Bearer ${this.#config['id-token']}` });
  }

  async #refresh(): Promise<void> {
    const { who } = this.#target;
    if (!this.#config['refresh-token']) {
      const fact = `No valid id-token, and cannot refresh without refresh-token (${who})`;
      throw new Failure('expired-credentials', fact, logIn);
    }
    const { refreshOidcTokens } = await import('./oidc-refresh.ts');
    const fresh = await refreshOidcTokens(this.#config, this.#system.env).catch((error: Error) => {
      const fact = `failed to refresh token of ${who}: ${error.message}`;
      throw new Failure('expired-credentials', fact, logIn, { cause: error });
    });
    const { keepTokens } = await import('./oidc-refresh.ts');
    keepTokens(this.#config, fresh, this.#target, this.#system);
    Object.assign(this.#config, fresh);
  }
}

const logIn = [advice('log in again with your identity provider')];

function checkProvider({ user, userName, who, kubectlFlags }: Target): void {
  if (!user.authProvider) return;
  const { name, config } = user.authProvider;
  const successor = successors[name];
  if (successor) {
    throw new UsageError('removed-auth-provider', `The ${name} auth plugin has been removed (${who})`, successor);
  }
  if (name !== 'oidc') {
    throw new UsageError('unknown-auth-provider', `no Auth Provider found for name "${name}"`, [
      cure(command`kubectl config view --minify ${kubectlFlags}`, 'shows the user'),
    ]);
  }
  for (const key of ['idp-issuer-url', 'client-id']) {
    if (config[key]) continue;
    throw new UsageError('invalid-kubeconfig', `Must provide ${key}`, [
      cure(
        command`kubectl config set-credentials --auth-provider=oidc --auth-provider-arg=${`${key}=VALUE`} ${kubectlFlags} ${lastOperand(userName)}`,
        `VALUE stands for the ${key} of your identity provider`,
      ),
    ]);
  }
}

/** For each provider that kubectl has removed, the commands that set up its replacement. */
const successors: Readonly<Record<string, readonly Cure[]>> = {
  gcp: [
    cure(command`gcloud components install gke-gcloud-auth-plugin`, 'installs what took its place'),
    cure(
      command`gcloud container clusters get-credentials NAME`,
      'then writes the kubeconfig again; NAME stands for the cluster',
    ),
  ],
  azure: [cure(command`kubelogin convert-kubeconfig`, 'writes the kubeconfig for what took its place')],
};

/** As in client-go, a token counts as expired 10 s before its expiry time. */
const expiryMarginMs = 10_000;

function isValid(token: string | undefined, now: Date): boolean {
  if (!token) return false;
  try {
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return now.getTime() + expiryMarginMs < exp * 1000;
  } catch {
    return false;
  }
}
