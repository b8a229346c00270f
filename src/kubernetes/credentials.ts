import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { UsageError } from '../errors/usage-error.ts';
import type { System } from '../system.ts';
import type { ExecCredential } from './exec-plugin.ts';
import type { Target } from './target.ts';

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

/** The credentials of the target's user. Nothing is read or run before the first request. */
export function credentialsOf(target: Target, system: System): Credentials {
  // As kubectl: over plain http nothing secret is sent (client-go `IsConfigTransportTLS`).
  if (target.server.startsWith('http:')) {
    const identity = { headers: impersonation(target), tls: {} };
    return { identity: async () => identity, renew: async () => false };
  }
  const exec = new ExecCredentials(target, system);
  let kubeConfig: ReturnType<typeof clientNodeConfig> | undefined;
  return {
    async identity() {
      kubeConfig ??= clientNodeConfig(target, exec);
      const options: RequestOptions = { headers: {} };
      await (await kubeConfig).applyToHTTPSOptions(options);
      const token = fileToken(target);
      const { ca, cert, key, servername, rejectUnauthorized, auth } = options;
      return {
        headers: {
          ...(options.headers as Record<string, string>),
          ...(token && { Authorization: `Bearer ${token}` }),
          ...(auth && { Authorization: `Basic ${Buffer.from(auth).toString('base64')}` }),
          ...impersonation(target),
        },
        tls: definedOnly({ ca, cert, key, servername, rejectUnauthorized }),
      };
    },
    renew: (refused) => exec.renew(refused),
  };
}

/**
 * client-node's KubeConfig of the one cluster and user: it turns certificates, tokens, passwords and OIDC into
 * options of node:https. Exec plugins and token files are ours, because it does them unlike kubectl.
 */
async function clientNodeConfig(target: Target, exec: ExecCredentials) {
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const { cluster, user } = target;
  const kubeConfig = new KubeConfig();
  kubeConfig.addAuthenticator(exec);
  kubeConfig.loadFromOptions({
    clusters: [
      {
        name: 'chosen',
        server: target.server,
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
        password: user.password,
        authProvider: user.authProvider,
      },
    ],
    contexts: [{ name: 'chosen', cluster: 'chosen', user: 'chosen' }],
    currentContext: 'chosen',
  });
  return kubeConfig;
}

/** Runs the plugin when a credential is needed, and once for all requests that need it at the same time. */
class ExecCredentials {
  readonly #target: Target;
  readonly #system: System;
  #running: Promise<ExecCredential> | undefined;
  #expiresAt: number | undefined;

  constructor(target: Target, system: System) {
    this.#target = target;
    this.#system = system;
  }

  /** client-go runs no plugin when the user has another credential (`UpdateTransportConfig`). */
  isAuthProvider(): boolean {
    const { exec, token, tokenFile, username, clientCertificate, clientCertificateData } = this.#target.user;
    return Boolean(exec) && !(token || tokenFile || username || clientCertificate || clientCertificateData);
  }

  async applyAuthentication(_user: unknown, options: RequestOptions): Promise<void> {
    const credential = await this.#credential();
    const { token, clientCertificateData, clientKeyData } = credential;
    if (token) (options.headers as Record<string, string>).Authorization = `Bearer ${token}`;
    if (clientCertificateData) Object.assign(options, { cert: clientCertificateData, key: clientKeyData });
  }

  async renew(refused: Identity): Promise<boolean> {
    if (!this.isAuthProvider()) return false;
    // Another request may have renewed it while this one was on its way.
    const current = await this.#credential();
    const used =
      refused.headers.Authorization === (current.token && `Bearer ${current.token}`) &&
      refused.tls.cert === current.clientCertificateData;
    if (used) this.#running = undefined;
    return true;
  }

  #credential(): Promise<ExecCredential> {
    const expired = this.#expiresAt !== undefined && this.#system.now().getTime() > this.#expiresAt;
    if (!this.#running || expired) {
      this.#expiresAt = undefined;
      this.#running = this.#run();
    }
    return this.#running;
  }

  async #run(): Promise<ExecCredential> {
    const { runExecPlugin } = await import('./exec-plugin.ts');
    const credential = await runExecPlugin(this.#target.user.exec!, this.#target, this.#system);
    this.#expiresAt = credential.expiresAt;
    return credential;
  }
}

/** Read for every request, so that a rotated token counts at once; it wins over `token`, as in client-go. */
function fileToken({ user, userName }: Target): string | undefined {
  if (!user.tokenFile) return undefined;
  try {
    const token = readFileSync(user.tokenFile, 'utf8').trim();
    if (token) return token;
  } catch (error) {
    if (user.token) return undefined;
    throw new UsageError(
      `failed to read token file "${user.tokenFile}" of user "${userName}": ${(error as Error).message}`,
      `ls -l ${user.tokenFile}`,
    );
  }
  if (user.token) return undefined;
  throw new UsageError(
    `read empty token from file "${user.tokenFile}" of user "${userName}"`,
    `ls -l ${user.tokenFile}`,
  );
}

function impersonation({ user }: Target): Record<string, string | readonly string[]> {
  if (!user.as) return {};
  const extra = Object.entries(user.asUserExtra ?? {}).map(([key, values]) => [
    `Impersonate-Extra-${headerKey(key)}`,
    values,
  ]);
  return {
    'Impersonate-User': user.as,
    ...(user.asUid && { 'Impersonate-Uid': user.asUid }),
    ...(user.asGroups?.length && { 'Impersonate-Group': user.asGroups }),
    ...Object.fromEntries(extra),
  };
}

/** client-go `headerKeyEscape`: what may not stand in a header's name is percent-encoded. */
function headerKey(key: string): string {
  const percentEncoded = (byte: number) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return key.replace(/[^A-Za-z0-9!#$&'*+.^_`|~-]/gu, (character) =>
    [...Buffer.from(character)].map(percentEncoded).join(''),
  );
}

function definedOnly<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}
