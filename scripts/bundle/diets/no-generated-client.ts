// In place of undici and gen/index.js for client-node 2.0.1's config.js.
//
// Why: two thirds of the bundle, and 50 ms of a start. KubeConfig needs them for the generated API classes
// (`makeApiClient`, `applySecurityAuthentication`); src/kubernetes sends raw JSON through node:https instead.
// Equal because: nothing of this program gets there; whoever does is told.
// Unneeded when: src/kubernetes no longer imports client-node, or client-node keeps KubeConfig in a module of its own.

function refuse(): never {
  throw new Error(
    "client-node's generated API classes are not in the bundle: send the request by src/kubernetes/requests.ts",
  );
}

class Refused {
  constructor() {
    refuse();
  }
}

// undici
// gen/index.js
export { Refused as Agent, Refused as ProxyAgent, Refused as ServerConfiguration, refuse as createConfiguration };
