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

/** Provides the identity for the next request. Files are read and plugins run only when a request needs them. */
export interface Credentials {
  identity(): Promise<Identity>;
  /** Whether to send a request again after a 401. `refused` is the identity that the request had. */
  renew(refused: Identity): Promise<boolean>;
}

/**
 * The credentials of the target's user. No file is read and no plugin runs before the first request.
 *
 * @throws UsageError for an auth-provider that kubectl does not support either. Later, `identity` throws a UsageError
 * for an invalid header or an unreadable token file
 */
export function credentialsOf(target: Target, system: System): Credentials {
  // Like kubectl, send no secret over plain http (client-go `IsConfigTransportTLS`).
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
 * client-node's KubeConfig for one cluster and user. It converts certificates, tokens and passwords into options of
 * node:https. This plugin has its own code for exec plugins, OIDC, token files, impersonation and proxies, because
 * client-node differs from kubectl there.
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

/**
 * The headers for impersonation. They come from `--as` and related flags, or from `as` and related fields of the
 * kubeconfig.
 */
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

/** Percent-encodes the characters that the name of a header must not contain, as client-go `headerKeyEscape` does. */
function headerKey(key: string): string {
  const percentEncoded = (byte: number) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return key.replace(/[^A-Za-z0-9!#$&'*+.^_`|~-]/gu, (character) =>
    [...Buffer.from(character)].map(percentEncoded).join(''),
  );
}

/** Converts a header value so that Node sends it as UTF-8, as Go does. Node writes one byte for each character. */
function headerText(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/**
 * The token in the user's `tokenFile`; undefined if there is no `tokenFile`, or if the file is empty or unreadable and
 * `token` is set. The file is read for every request, so a rotated token works at once. If both `tokenFile` and `token`
 * are set, the file counts (client-go `NewBearerAuthWithRefreshRoundTripper`).
 *
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

/** Rejects a header value with a line break or another control character. The message is that of Go's net/http. */
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
 * Provides the credential of the exec plugin. The plugin runs when the first request needs a credential. If several
 * requests need it at the same time, it runs only once.
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

  /**
   * client-node calls this method. As in client-go, no plugin runs if the user has another credential
   * (`UpdateTransportConfig`).
   */
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
   * Is called after a 401. Returns true if the credential comes from a plugin. The next request then runs the plugin
   * again, or uses the credential that another request has renewed.
   */
  async renew(refused: Identity): Promise<boolean> {
    if (!this.isAuthProvider()) return false;
    const { token, clientCertificateData } = await this.#credential();
    const authorization = token && `Bearer ${token}`;
    const isSame = refused.headers.Authorization === authorization && refused.tls.cert === clientCertificateData;
    // If the credential has changed, another request has already renewed it.
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
      // A plugin that failed may succeed later, because a watch can go on for days. So run it again for the next
      // request.
      this.#running = undefined;
      throw error;
    });
    this.#expiresAt = credential.expiresAt;
    return credential;
  }
}
