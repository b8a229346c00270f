import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { advice, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { System } from '../../system.ts';
import type { Target } from '../kubeconfig/target.ts';
import type { ExecCredential } from './exec-plugin.ts';
import { OidcCredentials } from './oidc-credentials.ts';

/** How requests authenticate: the headers of each request, and the options of the TLS handshake. */
export interface Identity {
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly tls: Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;
}

/** Provides the identity for the next request. Files are read, and plugins run, only when a request needs the identity. */
export interface Credentials {
  identity(): Promise<Identity>;
  /** Whether a retry can succeed after a 401 to a request with the identity `refused`. */
  renew(refused: Identity): Promise<boolean>;
}

/**
 * The credentials of the target's user. Nothing is read or run before the first request.
 * @throws UsageError for an auth-provider that kubectl does not support either. `identity` throws a UsageError for an
 * invalid header or an unreadable token file
 */
export function credentialsOf(target: Target, system: System): Credentials {
  // Like kubectl, this plugin sends no secret over plain http (client-go `IsConfigTransportTLS`).
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
 * client-node's KubeConfig for one cluster and user. KubeConfig converts certificates, tokens and passwords into options of
 * node:https. Exec plugins, OIDC, token files, impersonation and proxies are implemented in this plugin, because client-node
 * differs from kubectl there.
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

/** The impersonation headers, from `--as` and related flags, or from the kubeconfig's `as` and related fields. */
function impersonationHeaders({ user }: Target): Record<string, string | readonly string[]> {
  if (!user.as) return {};
  const extra = Object.entries(user.asUserExtra ?? {}).map(([key, values]) => [
    `Impersonate-Extra-${headerKey(key)}`,
    values.map(headerText),
  ]);
  return {
    'Impersonate-User': headerText(user.as),
    ...(user.asUid && { 'Impersonate-Uid': headerText(user.asUid) }),
    ...(user.asGroups?.length && { 'Impersonate-Group': user.asGroups.map(headerText) }),
    ...Object.fromEntries(extra),
  };
}

/** Percent-encodes the characters that are not allowed in a header's name, as client-go `headerKeyEscape` does. */
function headerKey(key: string): string {
  const percentEncoded = (byte: number) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return key.replace(/[^A-Za-z0-9!#$&'*+.^_`|~-]/gu, (character) =>
    [...Buffer.from(character)].map(percentEncoded).join(''),
  );
}

/**
 * Prepares a header's value for Node, which writes one byte per character. The value is then sent as UTF-8, as Go sends it.
 */
function headerText(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/**
 * The token in the user's `tokenFile`. Undefined if the user has no `tokenFile`, or if the file has no token but `token` is
 * set. The file is read for every request, so that a rotated token works at once. A token in the file takes precedence over
 * `token` (client-go `NewBearerAuthWithRefreshRoundTripper`).
 * @throws UsageError if the file is empty or cannot be read, and `token` is not set
 */
function tokenFromFile({ user, who }: Target): string | undefined {
  if (!user.tokenFile) return undefined;
  let problem = `read empty token from file "${user.tokenFile}"`;
  try {
    const token = readFileSync(user.tokenFile, 'utf8').trim();
    if (token) return token;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    problem = `open ${user.tokenFile}: ${code === 'ENOENT' ? 'no such file or directory' : code === 'EACCES' ? 'permission denied' : message}`;
  }
  if (user.token) return undefined;
  throw new UsageError('unreadable-token', `${problem} (tokenFile of ${who})`, [
    cure(command`ls -l -- ${user.tokenFile}`, 'shows who may read it'),
  ]);
}

/** Rejects a header value that contains a line break or another control character, with the message of Go's net/http. */
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

/**
 * Provides the exec plugin's credential. The plugin runs when the first request needs the credential. Concurrent requests
 * share one run.
 */
class ExecCredentials {
  readonly #target: Target;
  readonly #system: System;
  #running: Promise<ExecCredential> | undefined;
  #expiresAt: number | undefined;

  constructor(target: Target, system: System) {
    this.#target = target;
    this.#system = system;
  }

  /** Called by client-node. As in client-go, no plugin runs if the user has another credential (`UpdateTransportConfig`). */
  isAuthProvider(): boolean {
    const { exec, token, tokenFile, username, clientCertificate, clientCertificateData } = this.#target.user;
    return Boolean(exec) && !(token || tokenFile || username || clientCertificate || clientCertificateData);
  }

  async applyAuthentication(_user: unknown, options: RequestOptions): Promise<void> {
    const { token, clientCertificateData, clientKeyData } = await this.#credential();
    if (token) Object.assign(options.headers as object, { Authorization: `Bearer ${token}` });
    if (clientCertificateData) Object.assign(options, { cert: clientCertificateData, key: clientKeyData });
  }

  /**
   * Called after a 401. True if the credential comes from a plugin. Then the next request runs the plugin again, or uses the
   * credential that another request has renewed.
   */
  async renew(refused: Identity): Promise<boolean> {
    if (!this.isAuthProvider()) return false;
    const { token, clientCertificateData } = await this.#credential();
    const authorization = token && `Bearer ${token}`;
    const isSame = refused.headers.Authorization === authorization && refused.tls.cert === clientCertificateData;
    // If the credential is not the same, another request has renewed it in the meantime.
    if (isSame) this.#running = undefined;
    return true;
  }

  #credential(): Promise<ExecCredential> {
    const hasExpired = this.#expiresAt !== undefined && this.#system.now().getTime() > this.#expiresAt;
    if (!this.#running || hasExpired) {
      this.#expiresAt = undefined;
      this.#running = this.#run();
    }
    return this.#running;
  }

  async #run(): Promise<ExecCredential> {
    const { runExecPlugin } = await import('./exec-plugin.ts');
    const credential = await runExecPlugin(this.#target.user.exec!, this.#target, this.#system).catch((error) => {
      // After a failure, the next request runs the plugin again, because a watch may continue for days.
      this.#running = undefined;
      throw error;
    });
    this.#expiresAt = credential.expiresAt;
    return credential;
  }
}
