import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { advice, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { System } from '../../system.ts';
import type { Target } from '../kubeconfig/target.ts';
import type { ExecCredential } from './exec-plugin.ts';
import { OidcCredentials } from './oidc-credentials.ts';

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

/** The headers by which a user acts as another, from `--as` and its kin or the kubeconfig's `as`. */
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

/** client-go `headerKeyEscape`: what may not stand in a header's name is percent-encoded. */
function headerKey(key: string): string {
  const percentEncoded = (byte: number) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return key.replace(/[^A-Za-z0-9!#$&'*+.^_`|~-]/gu, (character) =>
    [...Buffer.from(character)].map(percentEncoded).join(''),
  );
}

/** Go sends a header's text as UTF-8; Node writes one byte a character. */
function headerText(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/**
 * The token in the user's `tokenFile`; undefined without one. Read for every request, so that a rotated token counts at
 * once; while it can be read it wins over `token`, as in client-go (`NewBearerAuthWithRefreshRoundTripper`).
 * @throws UsageError when it cannot be read and there is no other token
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

/** The exec plugin's credential: got when it is needed, once for all requests that need it at the same time. */
class ExecCredentials {
  readonly #target: Target;
  readonly #system: System;
  #running: Promise<ExecCredential> | undefined;
  #expiresAt: number | undefined;

  constructor(target: Target, system: System) {
    this.#target = target;
    this.#system = system;
  }

  /** client-node asks this. client-go runs no plugin when the user has another credential (`UpdateTransportConfig`). */
  isAuthProvider(): boolean {
    const { exec, token, tokenFile, username, clientCertificate, clientCertificateData } = this.#target.user;
    return Boolean(exec) && !(token || tokenFile || username || clientCertificate || clientCertificateData);
  }

  async applyAuthentication(_user: unknown, options: RequestOptions): Promise<void> {
    const { token, clientCertificateData, clientKeyData } = await this.#credential();
    if (token) Object.assign(options.headers as object, { Authorization: `Bearer ${token}` });
    if (clientCertificateData) Object.assign(options, { cert: clientCertificateData, key: clientKeyData });
  }

  /** After a 401: true when the next request will have another credential than the refused one. */
  async renew(refused: Identity): Promise<boolean> {
    if (!this.isAuthProvider()) return false;
    const { token, clientCertificateData } = await this.#credential();
    const authorization = token && `Bearer ${token}`;
    const isSame = refused.headers.Authorization === authorization && refused.tls.cert === clientCertificateData;
    // Else another request has renewed it while this one was on its way.
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
      // A watch that goes on for days asks again.
      this.#running = undefined;
      throw error;
    });
    this.#expiresAt = credential.expiresAt;
    return credential;
  }
}
