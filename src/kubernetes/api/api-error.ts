import type { Cure } from '../../errors/cure.ts';
import { Failure } from '../../errors/failure.ts';
import { isRecord } from '../../snapshot/shape.ts';

/** One cause that the API server reports for a refusal (`Status.details.causes`). */
export interface ApiErrorCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** The API server's answer to a request that it refused (`kind: Status`). The error's message has kubectl's wording. */
export class ApiError extends Failure {
  override readonly name = 'ApiError';
  /** The `code` of the Status. If there is none, the HTTP status. */
  readonly status: number;
  /** `Status.reason`, such as Forbidden or NotFound; empty if the answer is not a Status. */
  readonly reason: string;
  readonly causes: readonly ApiErrorCause[];
  /** The server's message, unchanged. */
  readonly serverMessage: string;
  readonly #about: ApiAnswer['about'];

  constructor(answer: ApiAnswer, message?: string, cures: readonly Cure[] = [], exitCode?: number) {
    super(codeOf(answer), message ?? kubectlMessage(answer), cures, exitCode === undefined ? {} : { exitCode });
    this.status = answer.status;
    this.reason = answer.reason;
    this.causes = answer.causes;
    this.serverMessage = answer.message;
    this.#about = answer.about;
  }

  /** The same error with another message in place of the server's, and without its causes. */
  withServerMessage(message: string): ApiError {
    const { status, reason, cures, exitCode } = this;
    return new ApiError({ status, reason, message, causes: [], about: this.#about }, undefined, cures, exitCode);
  }

  /**
   * Whether an authorizer of the API server, such as RBAC, refused the request. A 403 from a gateway does not count.
   */
  get isForbidden(): boolean {
    return this.status === 403 && this.reason === 'Forbidden' && !this.isNamespaceTerminating;
  }

  /** Whether the namespace is being deleted. The admission plugin NamespaceLifecycle then refuses new objects. */
  get isNamespaceTerminating(): boolean {
    return (
      this.causes.some(({ reason }) => reason === 'NamespaceTerminating') ||
      /is being terminated/.test(this.serverMessage)
    );
  }

  /**
   * Whether the API server reports that it does not serve the path, or that the object does not exist. For an unknown
   * API group, its answer is one of the plain texts below. A 404 from a gateway, or about a namespace, does not count.
   */
  get isNotServed(): boolean {
    if (this.status !== 404) return false;
    if (/^(404 page not found|the server could not find the requested resource)$/.test(this.serverMessage)) return true;
    const { kind } = this.#about;
    return this.reason === 'NotFound' && kind !== '' && kind !== 'namespaces';
  }

  /**
   * Whether the API server reports that this object does not exist. A 404 from a gateway, or about the object's
   * namespace, does not count.
   */
  saysGone(name: string, plural: string): boolean {
    const { name: said, kind } = this.#about;
    return this.status === 404 && this.reason === 'NotFound' && said === name && (kind === '' || kind === plural);
  }
}

/** The parts of a Status that the plugin reads. */
export interface ApiAnswer {
  status: number;
  reason: string;
  message: string;
  causes: readonly ApiErrorCause[];
  /** The object that the Status is about (`Status.details`). `kind` is the resource, such as `pods`. */
  about: { readonly name: string; readonly kind: string };
}

/**
 * Parses the body of an error answer. If it is not JSON, such as the HTML page of a proxy, the message is the beginning
 * of its text.
 */
export function readApiAnswer(status: number, body: string): ApiAnswer {
  const value = parsed(body);
  if (!isRecord(value)) {
    const words = body
      .replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/g, ' ')
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim();
    return {
      status,
      reason: '',
      message: words.slice(0, 200) || `the server answered ${status}`,
      causes: [],
      about: nothing,
    };
  }
  const isStatus = value.kind === 'Status';
  const { details, code } = value;
  const { causes, name, kind } = isRecord(details) ? details : {};
  const isRefusal = typeof code === 'number' && code >= 400 && code < 600;
  return {
    // If the Status has a code, use it instead of the HTTP status.
    status: isStatus && isRefusal ? code : status,
    reason: isStatus ? text(value.reason) : '',
    message: text(value.message) || `the server answered ${status}`,
    causes: isStatus && Array.isArray(causes) ? causes.filter(isRecord).map(causeOf) : [],
    about: isStatus ? { name: text(name), kind: text(kind) } : nothing,
  };
}

const nothing = { name: '', kind: '' } as const;

function causeOf({ reason, message, field }: Record<string, unknown>): ApiErrorCause {
  return { reason: text(reason), message: text(message), field: text(field) };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The error code of this plugin for each reason (meta/v1 StatusReason). */
const codes: Readonly<Record<string, string>> = {
  AlreadyExists: 'already-exists',
  BadRequest: 'bad-request',
  Conflict: 'conflict',
  Expired: 'expired',
  Forbidden: 'forbidden',
  Gone: 'gone',
  Invalid: 'invalid-object',
  MethodNotAllowed: 'method-not-allowed',
  NotFound: 'not-found',
  ServiceUnavailable: 'service-unavailable',
  Timeout: 'timeout',
  TooManyRequests: 'too-many-requests',
  Unauthorized: 'unauthorized',
};

function codeOf({ status, reason }: ApiAnswer): string {
  if (Object.hasOwn(codes, reason)) return codes[reason]!;
  return status === 401 ? 'unauthorized' : 'server-error';
}

/** The message as `kubectl` prints it (kubectl `cmd/util.StandardErrorMessage`). */
function kubectlMessage({ status, reason, message }: ApiAnswer): string {
  if (reason === 'Invalid') return `The ${message}`;
  if (reason) return `Error from server (${reason}): ${message}`;
  return `Error from server: ${message}${message.includes(String(status)) ? '' : ` (HTTP ${status})`}`;
}
