import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, type RequestOptions, request } from 'node:https';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { getCACertificates } from 'node:tls';
import type { System } from '../../system.ts';
import type { Target } from '../kubeconfig/target.ts';

/**
 * Requests new tokens from the identity provider, as client-go does (OpenID Connect Discovery, then RFC 6749 section
 * 6).
 *
 * @param config the field `config` of the `auth-provider` in the kubeconfig
 * @param env the environment, for HTTPS_PROXY and NO_PROXY
 * @returns `id-token`, and `refresh-token` if the provider issued a new one
 * @throws Error; its message is that of client-go
 */
export async function refreshOidcTokens(
  config: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Record<string, string>> {
  const { 'idp-certificate-authority': file, 'idp-certificate-authority-data': data } = config;
  const named = data ? Buffer.from(data, 'base64') : file ? readFileSync(file) : undefined;
  // Node's default list is empty here (transport/tls-options.ts).
  const ca = named ?? (['bundled', 'extra', 'system'] as const).flatMap((type) => getCACertificates(type));
  const agent = new Agent({ keepAlive: true, ca, proxyEnv: { ...env } as NodeJS.ProcessEnv });
  try {
    const endpoint = await tokenEndpoint(config['idp-issuer-url']!, agent);
    const { id_token, refresh_token } = await tokens(endpoint, config, agent);
    if (!id_token) {
      throw new Error(
        'token response did not contain an id_token, either the scope "openid" wasn\'t requested upon login, or the provider doesn\'t support id_tokens as part of the refresh response',
      );
    }
    return { 'id-token': id_token, ...(refresh_token && { 'refresh-token': refresh_token }) };
  } finally {
    agent.destroy();
  }
}

async function tokenEndpoint(issuer: string, agent: Agent): Promise<string> {
  const { status, body } = await send(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, { agent });
  if (status !== 200) throw new Error(`oidc: failed to query metadata endpoint ${status}: "${body.slice(0, 80)}"`);
  const { token_endpoint } = JSON.parse(body);
  if (!token_endpoint) throw new Error("oidc: discovery object doesn't contain a token_endpoint");
  return token_endpoint;
}

async function tokens(
  endpoint: string,
  config: Readonly<Record<string, string>>,
  agent: Agent,
): Promise<{ id_token?: string; refresh_token?: string }> {
  const [id, secret] = [config['client-id']!, config['client-secret'] ?? ''];
  const grant = { grant_type: 'refresh_token', refresh_token: config['refresh-token']! };
  // Providers expect the client's secret in different places. Like golang.org/x/oauth2, try the standard place first
  // (HTTP Basic).
  const basic = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64');
  const first = await post(endpoint, grant, { authorization: `Basic ${basic}` }, agent);
  if (first.status === 200) return JSON.parse(first.body);
  // The provider accepted the client's secret but not the token. So another place for the secret would not help.
  if (reasonIn(first.body).startsWith('invalid_grant')) throw cannotFetch(first);
  const inForm = { ...grant, client_id: id, ...(secret && { client_secret: secret }) };
  const second = await post(endpoint, inForm, {}, agent);
  if (second.status === 200) return JSON.parse(second.body);
  throw cannotFetch(second);
}

function cannotFetch({ status, body }: { status: number; body: string }): Error {
  return new Error(`oauth2: cannot fetch token: ${status}: ${reasonIn(body)}`);
}

/**
 * The `error` and `error_description` of an answer (RFC 6749 5.2). The rest is not shown, because it may contain a
 * secret.
 */
function reasonIn(body: string): string {
  try {
    const { error, error_description } = JSON.parse(body);
    return [error, error_description].filter(Boolean).join(': ');
  } catch {
    return 'no reason given';
  }
}

function post(endpoint: string, form: Record<string, string>, headers: Record<string, string>, agent: Agent) {
  const body = new URLSearchParams(form).toString();
  const type = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) };
  return send(endpoint, { agent, method: 'POST', headers: { ...type, ...headers } }, body);
}

const limitMs = 30_000;

function send(url: string, options: RequestOptions, body?: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(limitMs);
    const clientRequest = request(url, { ...options, signal }, (answer) =>
      text(answer).then((body) => resolve({ status: answer.statusCode!, body }), reject),
    );
    clientRequest.on('error', reject).end(body);
  });
}

/**
 * Saves refreshed OIDC tokens in the kubeconfig, as kubectl does. Many providers accept a refresh token only once.
 * Without the new token, kubectl could not log in again. If saving fails, prints a warning on stderr.
 */
export function keepTokens(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  target: Target,
  system: System,
): void {
  const file = resolve(system.cwd, target.user.file!);
  try {
    const lock = `${file}.lock`;
    // This is the lock file of client-go. Like client-go, save nothing if it already exists.
    closeSync(openSync(lock, 'wx'));
    try {
      writeFileSync(file, replaced(readFileSync(file, 'utf8'), before, after));
    } finally {
      rmSync(lock);
    }
  } catch (error) {
    system.stderr.line(
      `warning: could not persist new tokens in ${file}: ${(error as Error).message}; if kubectl now says Unauthorized, log in again`,
    );
  }
}

/**
 * Replaces the tokens in the text of the file, and leaves the rest unchanged. Tokens are long and random, so each one
 * should occur exactly once. Otherwise, nothing is saved.
 */
function replaced(
  text: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string {
  let result = text;
  for (const key of ['id-token', 'refresh-token']) {
    const [old, fresh] = [before[key], after[key]];
    if (!fresh || fresh === old) continue;
    if (!old) throw new Error(`there is no ${key} to replace`);
    if (result.split(old).length !== 2) throw new Error(`the old ${key} does not stand there once`);
    result = result.replace(old, () => fresh);
  }
  return result;
}
