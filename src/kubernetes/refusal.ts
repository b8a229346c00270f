import { shellWord } from '../errors/shell-word.ts';
import { resourceAt } from '../snapshot/resource-paths.ts';
import { type ApiAnswer, ApiError, readApiAnswer } from './api-error.ts';
import type { Identity } from './credentials.ts';
import type { Target } from './target.ts';
import type { Incoming, Outgoing } from './transport.ts';

/** What to tell the user about an answer that is not 2xx. */
export async function refusal(
  incoming: Incoming,
  body: string,
  outgoing: Pick<Outgoing, 'method' | 'path'>,
  target: Target,
): Promise<ApiError> {
  const { message } = incoming;
  const answer = readApiAnswer(incoming.status, body);
  const { status } = answer;
  if (status === 401) return notLoggedIn(answer, incoming.identity, target);
  if (status === 403 && answer.reason === 'Forbidden') return forbidden(answer, outgoing, target);
  if (status >= 300 && status < 400) {
    const elsewhere = message.headers.location ?? 'another address';
    return new ApiError(
      { ...answer, message: `${target.server} sends us to ${elsewhere}: it is not an API server` },
      undefined,
      viewConfig(target),
    );
  }
  if (status === 400 && body.includes('HTTP request to an HTTPS server')) {
    return new ApiError(
      { ...answer, message: `${target.server} wants https (${target.origin})` },
      undefined,
      `let its address begin with https://: ${viewConfig(target)}`,
    );
  }
  return new ApiError(answer);
}

/** Admission refuses with the same status and reason as authorization, and no permission helps against it. */
function forbidden(answer: ApiAnswer, outgoing: Pick<Outgoing, 'method' | 'path'>, target: Target): ApiError {
  const isRead = outgoing.method === 'GET';
  const error = new ApiError(answer);
  if (error.isNamespaceTerminating) {
    const { namespace } = resourceAt(outgoing.path) ?? {};
    const cure =
      namespace === undefined ? undefined : `kubectl get namespace ${shellWord(namespace)} ${target.kubectlFlags}`;
    return new ApiError(answer, undefined, cure?.trim());
  }
  if (!isRead && / is forbidden: (?!User )/.test(answer.message)) return error;
  // What may not be read stays unknown.
  return new ApiError(answer, undefined, permissionCure(outgoing, target), isRead ? 4 : 1);
}

async function notLoggedIn(answer: ApiAnswer, identity: Identity, target: Target): Promise<ApiError> {
  const { whatExpired } = await import('./expired-credential.ts');
  const { who } = target;
  const expired = await whatExpired(identity);
  const without =
    Object.hasOwn(identity.headers, 'Authorization') || identity.tls.cert ? '' : ' and has no credentials there';
  const fact = expired
    ? `the ${expired.what} of ${who} expired on ${expired.at.toISOString()}`
    : `${who} was refused${without}`;
  return new ApiError(answer, `You must be logged in to the server (${answer.message}): ${fact}`, loginCure(target));
}

function loginCure({ user }: Target): string {
  const { exec, tokenFile } = user;
  if (exec)
    return `log in again: ${logins[exec.command.split(/[\\/]/).at(-1)!] ?? [exec.command, ...exec.args].map(shellWord).join(' ')}`;
  if (tokenFile) return `put a new token into ${tokenFile}`;
  return "get this cluster's kubeconfig again from where you have it, or choose another context: kubectl config get-contexts";
}

/** The command that logs in, for plugins that only pass on what another program holds. */
const logins: Readonly<Record<string, string>> = {
  aws: 'aws sso login',
  'aws-iam-authenticator': 'aws sso login',
  'gke-gcloud-auth-plugin': 'gcloud auth login',
  gcloud: 'gcloud auth login',
  kubelogin: 'az login',
};

/** `kubectl auth can-i` for the very request that was forbidden. */
function permissionCure({ method, path }: Pick<Outgoing, 'method' | 'path'>, target: Target): string {
  const [, group, namespace, resource, name, subresource] =
    /^\/(?:api\/v1|apis\/([^/]+)\/[^/]+)(?:\/namespaces\/([^/?]+)(?=\/))?\/([^/?]+)(?:\/([^/?]+))?(?:\/([^/?]+))?/.exec(
      path,
    ) ?? [];
  if (!resource) return `ask an administrator; who you are there: kubectl auth whoami ${target.kubectlFlags}`.trim();
  const verb =
    method === 'GET'
      ? name
        ? 'get'
        : path.includes('watch=true')
          ? 'watch'
          : 'list'
      : { POST: 'create', PATCH: 'patch', DELETE: 'delete' }[method];
  const what = [resource, group].filter(Boolean).join('.') + (subresource ? ` --subresource=${subresource}` : '');
  const where = namespace ? `-n ${namespace}` : '-A';
  return `ask an administrator for it; to see whether you have it: kubectl auth can-i ${verb} ${what} ${where} ${target.kubectlFlags}`.trim();
}

function viewConfig(target: Target): string {
  return `kubectl config view --minify ${target.kubectlFlags}`.trim();
}
