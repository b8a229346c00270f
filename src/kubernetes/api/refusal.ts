import { advice, type Cure, command, cure } from '../../errors/cure.ts';
import { resourceAt } from '../../snapshot/resource-paths.ts';
import type { Identity } from '../credentials/credentials.ts';
import { kubeconfigAgain } from '../kubeconfig/kubeconfig-errors.ts';
import type { Target } from '../kubeconfig/target.ts';
import type { Incoming, Outgoing } from '../transport/transport.ts';
import { type ApiAnswer, ApiError, readApiAnswer } from './api-error.ts';

/** The error for an answer whose status is not 2xx. */
export async function refusal(
  incoming: Incoming,
  body: string,
  outgoing: Pick<Outgoing, 'method' | 'path'>,
  target: Target,
): Promise<ApiError> {
  const answer = readApiAnswer(incoming.status, body);
  const { status } = answer;
  if (status === 401) return notLoggedIn(answer, incoming.identity, target);
  if (status === 403 && answer.reason === 'Forbidden') return forbidden(answer, outgoing, target);
  if (status >= 300 && status < 400) {
    const elsewhere = incoming.headers.location ?? 'another address';
    return new ApiError(
      { ...answer, message: `${target.server} redirects to ${elsewhere}: it is not an API server` },
      undefined,
      [viewConfig(target, 'shows the address that was asked')],
    );
  }
  if (status === 400 && body.includes('HTTP request to an HTTPS server')) {
    return new ApiError({ ...answer, message: `${target.server} wants https (${target.origin})` }, undefined, [
      viewConfig(target, 'its address has to begin with https://; this shows it'),
    ]);
  }
  return new ApiError(answer);
}

/**
 * The error for a 403. Authorization and admission both send a 403 with the same reason. If admission refused the
 * request, another permission does not help.
 */
function forbidden(answer: ApiAnswer, outgoing: Pick<Outgoing, 'method' | 'path'>, target: Target): ApiError {
  const isRead = outgoing.method === 'GET';
  const error = new ApiError(answer);
  if (error.isNamespaceTerminating) {
    const { namespace } = resourceAt(outgoing.path) ?? {};
    const shown = command`kubectl get namespace ${namespace} ${target.kubectlFlags}`;
    return new ApiError(answer, undefined, namespace === undefined ? [] : [cure(shown, 'shows when it is gone')]);
  }
  if (!isRead && / is forbidden: (?!User )/.test(answer.message)) return error;
  // If a read is forbidden, the result is unknown: exit code 4.
  return new ApiError(answer, undefined, permissionCures(outgoing, target), isRead ? 4 : 1);
}

async function notLoggedIn(answer: ApiAnswer, identity: Identity, target: Target): Promise<ApiError> {
  const { who } = target;
  const expired = await whatExpired(identity);
  const without =
    Object.hasOwn(identity.headers, 'Authorization') || identity.tls.cert ? '' : ' and has no credentials there';
  const fact = expired
    ? `the ${expired.what} of ${who} expired on ${expired.at.toISOString()}`
    : `${who} was refused${without}`;
  return new ApiError(answer, `You must be logged in to the server (${answer.message}): ${fact}`, loginCures(target));
}

function loginCures({ user }: Target): readonly Cure[] {
  const { exec, tokenFile } = user;
  if (exec) {
    const login = logins[exec.command.split(/[\\/]/).at(-1)!];
    if (login) return [cure(command`${login}`, 'logs in again')];
    // The plugin prints the credential, so its output must not appear on the terminal.
    return [cure(command`${[exec.command, ...exec.args]} > /dev/null`, 'logs in again')];
  }
  if (tokenFile) return [advice(`put a new token into ${tokenFile}`)];
  return kubeconfigAgain;
}

/** For plugins that only print the credential of another program, the command that logs in to that program. */
const logins: Readonly<Record<string, readonly string[]>> = {
  aws: ['aws', 'sso', 'login'],
  'aws-iam-authenticator': ['aws', 'sso', 'login'],
  'gke-gcloud-auth-plugin': ['gcloud', 'auth', 'login'],
  gcloud: ['gcloud', 'auth', 'login'],
  kubelogin: ['az', 'login'],
};

/**
 * A command that shows whether the user has the permission for this request. If the path is not known, the command
 * shows who the user is.
 */
function permissionCures({ method, path }: Pick<Outgoing, 'method' | 'path'>, { kubectlFlags }: Target): Cure[] {
  const [, group, namespace, resource, name, subresource] =
    /^\/(?:api\/v1|apis\/([^/]+)\/[^/]+)(?:\/namespaces\/([^/?]+)(?=\/))?\/([^/?]+)(?:\/([^/?]+))?(?:\/([^/?]+))?/.exec(
      path,
    ) ?? [];
  if (!resource) {
    const note = 'an administrator can give you this permission; this shows your user on that cluster';
    return [cure(command`kubectl auth whoami ${kubectlFlags}`, note)];
  }
  const read = name ? 'get' : path.includes('watch=true') ? 'watch' : 'list';
  const verb = method === 'GET' ? read : { POST: 'create', PATCH: 'patch', DELETE: 'delete' }[method];
  const what = [resource, group].filter(Boolean).join('.');
  const which = subresource && `--subresource=${subresource}`;
  const where = namespace ? ['-n', namespace] : ['-A'];
  const canI = command`kubectl auth can-i ${verb} ${what} ${which} ${where} ${kubectlFlags}`;
  return [cure(canI, 'an administrator can give you this permission; this shows whether you have it')];
}

function viewConfig({ kubectlFlags }: Target, note: string): Cure {
  return cure(command`kubectl config view --minify ${kubectlFlags}`, note);
}

/** Which credential has expired, and when; undefined if none is known to have expired. */
async function whatExpired(identity: Identity): Promise<{ what: string; at: Date } | undefined> {
  const { cert } = identity.tls;
  if (cert) {
    const { X509Certificate } = await import('node:crypto');
    const at = new X509Certificate(cert as Buffer).validToDate;
    if (at < new Date()) return { what: 'client certificate', at };
  }
  const at = tokenEnd(String(identity.headers.Authorization ?? ''));
  return at && at < new Date() ? { what: 'token', at } : undefined;
}

/**
 * The expiry time (`exp`) of a JSON Web Token (RFC 7519); undefined for other tokens. Service accounts, OIDC and most
 * clouds use JSON Web Tokens.
 */
function tokenEnd(authorization: string): Date | undefined {
  const [, payload] = /^Bearer [\w-]+\.([\w-]+)\.[\w-]*$/.exec(authorization) ?? [];
  if (!payload) return undefined;
  try {
    const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof exp === 'number' ? new Date(exp * 1000) : undefined;
  } catch {
    return undefined;
  }
}
