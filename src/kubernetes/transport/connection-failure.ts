import { advice, type Cure, command, cure } from '../../errors/cure.ts';
import { Failure } from '../../errors/failure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { Target } from '../kubeconfig/target.ts';
import { type PeerCertificateReader, tlsFailure } from './tls-failure.ts';

/** A time limit of this plugin was reached. In the message, `%s` stands for the operation that took too long. */
export class TimedOut extends Error {
  readonly cures: readonly Cure[] | undefined;

  constructor(message: string, cures?: readonly Cure[]) {
    super(message);
    this.cures = cures;
  }
}

/**
 * The error for a request without an answer. It contains kubectl's message, the server, the place where the server's
 * address is configured, and cures.
 *
 * @param peerCertificate reads the server's certificate again, so that the message can describe it
 */
export async function connectionFailure(
  error: NodeJS.ErrnoException,
  target: Target,
  peerCertificate: PeerCertificateReader,
): Promise<Failure | UsageError> {
  if (error instanceof Failure || error instanceof UsageError) return error;
  const cause = firstOf(error);
  const { host, hostname } = new URL(target.server);
  if (cause.code === 'ECONNREFUSED') {
    return new Failure(
      'unreachable-server',
      `The connection to the server ${host} was refused - did you specify the right host or port? (${target.origin})`,
      [advice('start the cluster, or choose another context'), listContexts],
      { cause: error },
    );
  }
  const tls = await tlsFailure(cause, target, peerCertificate);
  const { reason, cures } =
    tls ?? networkReason(cause, hostname, cause instanceof TimedOut ? `dial tcp ${host}` : 'read tcp');
  const server = reason.includes(host) ? '' : `${target.server}, `;
  return new Failure(
    tls ? 'tls-failure' : 'unreachable-server',
    `Unable to connect to the server: ${reason} (${server}${target.origin})`,
    cures ?? [
      cure(command`kubectl config view --minify ${target.kubectlFlags}`, 'shows whether this is the right server'),
    ],
    { cause: error },
  );
}

/** If all addresses of a host failed, the error of the first address. Otherwise, the error itself. */
function firstOf(error: NodeJS.ErrnoException): NodeJS.ErrnoException {
  return error instanceof AggregateError && error.errors[0] ? error.errors[0] : error;
}

/** The message of Go for an error code of Node. */
function networkReason(
  error: NodeJS.ErrnoException,
  hostname: string,
  operation: string,
): { reason: string; cures?: readonly Cure[] } {
  switch (error.code) {
    case 'ENOTFOUND':
    case 'ENODATA':
      return { reason: `dial tcp: lookup ${hostname}: no such host` };
    case 'EAI_AGAIN':
      return {
        reason: `dial tcp: lookup ${hostname}: Temporary failure in name resolution`,
        cures: [advice('see whether this machine is online')],
      };
    case 'ETIMEDOUT':
      return { reason: 'dial tcp: i/o timeout', cures: reachable };
    case 'EHOSTUNREACH':
      return { reason: 'dial tcp: connect: no route to host', cures: reachable };
    case 'ENETUNREACH':
      return { reason: 'dial tcp: connect: network is unreachable', cures: reachable };
    case 'ECONNRESET':
      return error.message.includes('ECONNRESET')
        ? { reason: 'read tcp: connection reset by peer', cures: [advice('try again')] }
        : { reason: 'EOF (the server closed the connection)', cures: [advice('try again')] };
  }
  if (error.code?.startsWith('HPE_')) {
    return {
      reason: 'net/http: malformed HTTP response',
      cures: [advice('see whether its address begins with https://')],
    };
  }
  if (error instanceof TimedOut) {
    return { reason: error.message.replace('%s', operation), cures: error.cures ?? reachable };
  }
  return { reason: error.message };
}

const listContexts = cure(command`kubectl config get-contexts`, 'lists the contexts');
const reachable = [
  advice('see whether this machine reaches it (VPN, firewall), or choose another context'),
  listContexts,
];
