import type { RequestOptions } from 'node:https';
import { advice } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { System } from '../system.ts';
import { ExecCredentials } from './exec-credentials.ts';
import { impersonationHeaders } from './impersonation.ts';
import { OidcCredentials } from './oidc-credentials.ts';
import type { Target } from './target.ts';
import { tokenFromFile } from './token-file.ts';

/** Whom the server will take us for: headers of each request, and what the TLS handshake needs. */
export interface Identity {
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly tls: Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;
}

/** Gives the identity for the next request; files are read and plugins run as late as that. */
export interface Credentials {
  identity(): Promise<Identity>;
  /** After a 401 to a request that had `refused`: whether it is worth asking again. */
  renew(refused: Identity): Promise<boolean>;
}

/**
 * The credentials of the target's user. Nothing is read or run before the first request.
 * @throws UsageError for an auth-provider that kubectl does not know either; `identity` throws one for a header that cannot be sent
 */
export function credentialsOf(target: Target, system: System): Credentials {
  // As kubectl: over plain http nothing secret is sent (client-go `IsConfigTransportTLS`).
  if (target.server.startsWith('http:')) {
    const identity = { headers: impersonationHeaders(target), tls: {} };
    return { identity: async () => sendable(identity), renew: async () => false };
  }
  const exec = new ExecCredentials(target, system);
  const oidc = new OidcCredentials(target, system);
  let kubeConfig: ReturnType<typeof clientNodeConfig> | undefined;
  return {
    async identity() {
      kubeConfig ??= clientNodeConfig(target, exec, oidc);
      const options: RequestOptions = { headers: {} };
      await (await kubeConfig).applyToHTTPSOptions(options);
      return sendable(identityOf(options, target));
    },
    renew: (refused) => exec.renew(refused),
  };
}

/**
 * client-node's KubeConfig of the one cluster and user: it turns certificates, tokens and passwords into options of
 * node:https. Exec plugins, OIDC, token files, groups to impersonate and proxies are ours: it does them unlike kubectl.
 */
async function clientNodeConfig({ cluster, user, server }: Target, exec: ExecCredentials, oidc: OidcCredentials) {
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const kubeConfig = new KubeConfig();
  kubeConfig.addAuthenticator(exec);
  kubeConfig.addAuthenticator(oidc);
  kubeConfig.loadFromOptions({
    clusters: [
      {
        name: 'chosen',
        server,
        caFile: cluster.certificateAuthority,
        caData: cluster.certificateAuthorityData,
        skipTLSVerify: cluster.insecureSkipTlsVerify ?? false,
        tlsServerName: cluster.tlsServerName,
      },
    ],
    users: [
      {
        name: 'chosen',
        certFile: user.clientCertificate,
        certData: user.clientCertificateData,
        keyFile: user.clientKey,
        keyData: user.clientKeyData,
        token: user.token,
        username: user.username,
        password: user.password ?? '',
      },
    ],
    contexts: [{ name: 'chosen', cluster: 'chosen', user: 'chosen' }],
    currentContext: 'chosen',
  });
  return kubeConfig;
}

function identityOf(options: RequestOptions, target: Target): Identity {
  const { headers, ca, cert, key, servername, rejectUnauthorized, auth } = options;
  const token = tokenFromFile(target);
  return {
    headers: {
      ...(headers as Record<string, string>),
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(auth && { Authorization: `Basic ${Buffer.from(auth).toString('base64')}` }),
      ...impersonationHeaders(target),
    },
    tls: {
      ...(ca && { ca }),
      ...(cert && { cert }),
      ...(key && { key }),
      ...(servername && { servername }),
      ...(rejectUnauthorized === false && { rejectUnauthorized }),
    },
  };
}

/** Refuses a token or a name with a line break, in the words of Go's net/http. */
function sendable(identity: Identity): Identity {
  for (const [name, value] of Object.entries(identity.headers)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that no header may have
    if (![value].flat().some((each) => /[\0-\x08\x0a-\x1f\x7f]/.test(each))) continue;
    throw new UsageError('invalid-header', `net/http: invalid header field value for "${name}"`, [
      advice(`remove the line break or control character from the ${name === 'Authorization' ? 'token' : 'name'}`),
    ]);
  }
  return identity;
}
