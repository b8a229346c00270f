// Prints what client-node's KubeConfig makes of each kind of user and cluster that src/kubernetes gives it.

import type { RequestOptions } from 'node:https';
import type { Cluster, User } from '@kubernetes/client-node';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';

const base64 = (text: string) => Buffer.from(text).toString('base64');

const clusters = {
  authority: { server: 'https://127.0.0.1:6443', caData: base64('authority'), skipTLSVerify: false },
  insecure: { server: 'https://127.0.0.1:6443', skipTLSVerify: true },
  named: { server: 'https://127.0.0.1:6443', skipTLSVerify: false, tlsServerName: 'kubernetes.example' },
  authorityFile: { server: 'https://127.0.0.1:6443', caFile: process.argv[2]!, skipTLSVerify: false },
};
const users = {
  nobody: {},
  token: { token: 'a-token' },
  password: { username: 'ada', password: 'a:password' },
  certificate: { certData: base64('certificate'), keyData: base64('key') },
  certificateFiles: { certFile: process.argv[2]!, keyFile: process.argv[2]! },
  impersonating: { token: 'a-token', impersonateUser: 'jane' },
};

async function print(): Promise<void> {
  for (const [clusterName, cluster] of Object.entries(clusters)) {
    for (const [userName, user] of Object.entries(users)) {
      // The plugin does not use the agent, and its bundle has none.
      const { agent, ...rest } = await optionsFor(cluster, user);
      console.log(clusterName, userName, JSON.stringify(rest));
    }
  }
}

async function optionsFor(cluster: Omit<Cluster, 'name'>, user: Omit<User, 'name'>): Promise<RequestOptions> {
  const config = new KubeConfig();
  config.addAuthenticator({ isAuthProvider: () => false, applyAuthentication: async () => {} });
  config.loadFromOptions({
    clusters: [{ name: 'c', ...cluster }],
    users: [{ name: 'u', ...user }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  });
  const options: RequestOptions = { headers: {} };
  await config.applyToHTTPSOptions(options);
  return options;
}

print();
