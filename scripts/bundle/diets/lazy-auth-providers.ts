// In place of azure_auth.js, gcp_auth.js and oidc_auth.js for client-node 2.0.1's config.js, which makes one of each
// in KubeConfig's constructor.
//
// Why: they import openid-client and jsonpath-plus, which only users with such an `auth-provider` need.
// Equal because: they are asked by name as the real ones are, and the real one does the rest.
// Unneeded when: client-node imports openid-client at first use.

import type { RequestOptions } from 'node:https';
import type { User } from '@kubernetes/client-node/dist/config_types.js';

interface Authenticator {
  isAuthProvider(user: User): boolean;
  applyAuthentication(user: User, options: RequestOptions): Promise<void>;
}

function lazy(name: string, load: () => Promise<Authenticator>) {
  return class implements Authenticator {
    // One for all requests: the OIDC one remembers when its token expires.
    #real: Promise<Authenticator> | undefined;

    isAuthProvider(user: User): boolean {
      return user.authProvider?.name === name;
    }

    async applyAuthentication(user: User, options: RequestOptions): Promise<void> {
      this.#real ??= load();
      await (await this.#real).applyAuthentication(user, options);
    }
  };
}

export const AzureAuth = lazy('azure', async () => {
  const { AzureAuth } = await import('@kubernetes/client-node/dist/azure_auth.js');
  return new AzureAuth();
});

export const GoogleCloudPlatformAuth = lazy('gcp', async () => {
  const { GoogleCloudPlatformAuth } = await import('@kubernetes/client-node/dist/gcp_auth.js');
  return new GoogleCloudPlatformAuth();
});

export const OpenIDConnectAuth = lazy('oidc', async () => {
  const { OpenIDConnectAuth } = await import('@kubernetes/client-node/dist/oidc_auth.js');
  return new OpenIDConnectAuth();
});
