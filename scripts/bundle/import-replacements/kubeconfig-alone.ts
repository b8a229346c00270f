// Replaces the imports of client-node 2.0.1's config.js that KubeConfig itself does not need: undici and gen/index.js
// for the generated API classes; azure_auth.js, gcp_auth.js, oidc_auth.js and exec_auth.js for credentials from other
// programs; hpagent, socks and socks-proxy-agent for proxies; js-yaml and node:child_process for finding and reading
// kubeconfig files; node:http and node:https for agents.
//
// Why: they are two thirds of the bundle, and add 20 ms to every command that calls an API server.
// Safe because: src/kubernetes/credentials only gives KubeConfig certificates, tokens and passwords, and does the rest
// itself, as kubectl does. The agent that KubeConfig makes for each request is not used: src/kubernetes/transport has
// the connections. Code that uses another one of these modules gets an error.
// Remove when: src/kubernetes no longer imports client-node, or KubeConfig's module no longer imports these.

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
  isAuthProvider(user: { authProvider?: unknown; exec?: unknown }): boolean {
    return user.authProvider || user.exec ? refuse() : false;
  }
}

/** KubeConfig makes one for each request. */
class UnusedAgent {}

// node:child_process, node:http, node:https
export default { spawnSync: refuse, Agent: UnusedAgent };
// undici
// gen/index.js
// js-yaml
export {
  NoAuthProvider as AzureAuth,
  NoAuthProvider as ExecAuth,
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
  refuse as dump,
  refuse as load,
};
