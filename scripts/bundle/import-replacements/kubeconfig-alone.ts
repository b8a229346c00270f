// In place of what client-node 2.0.1's config.js imports besides KubeConfig's own work: undici and gen/index.js for the
// generated API classes, azure_auth.js, gcp_auth.js and oidc_auth.js for the users of those, hpagent, socks and
// socks-proxy-agent for clusters behind a proxy.
//
// Why: two thirds of the bundle, and 20 ms of every command that asks an API server.
// Equal because: src/kubernetes/credentials.ts gives KubeConfig certificates, tokens and passwords and nothing else;
// the rest is done in that folder, as kubectl does it. Whoever gets here all the same is told.
// Unneeded when: src/kubernetes no longer imports client-node, or client-node keeps these out of KubeConfig's module.

function refuse(): never {
  throw new Error('this part of client-node is not in the bundle: src/kubernetes has its own');
}

class Refused {
  constructor() {
    refuse();
  }
}

/** KubeConfig creates one of each, and asks each of them about every user. */
class NoAuthProvider {
  isAuthProvider(user: { authProvider?: unknown }): boolean {
    return user.authProvider ? refuse() : false;
  }
}

// undici
// gen/index.js
export {
  NoAuthProvider as AzureAuth,
  NoAuthProvider as GoogleCloudPlatformAuth,
  NoAuthProvider as OpenIDConnectAuth,
  Refused as HttpProxyAgent,
  Refused as HttpsProxyAgent,
  Refused as SocksClient,
  Refused as SocksProxyAgent,
  Refused as Agent,
  Refused as ProxyAgent,
  Refused as ServerConfiguration,
  refuse as createConfiguration,
};
