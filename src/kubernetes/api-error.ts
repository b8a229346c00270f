import { Failure } from '../errors/failure.ts';

/** One field the API server complained of (`Status.details.causes`). */
export interface ApiErrorCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** The API server's answer to a request it refused (`kind: Status`), with kubectl's wording as message. */
export class ApiError extends Failure {
  override readonly name = 'ApiError';
  /** The HTTP status. */
  readonly status: number;
  /** `Status.reason`, such as Forbidden or NotFound; empty when something other than an API server answered. */
  readonly reason: string;
  readonly causes: readonly ApiErrorCause[];
  /** The server's own words. */
  readonly serverMessage: string;

  constructor(answer: ApiAnswer, message?: string, cure?: string) {
    super(message ?? kubectlMessage(answer), cure);
    this.status = answer.status;
    this.reason = answer.reason;
    this.causes = answer.causes;
    this.serverMessage = answer.message;
  }
}

/** The parts of a Status that matter here. */
export interface ApiAnswer {
  status: number;
  reason: string;
  message: string;
  causes: readonly ApiErrorCause[];
}

/** Reads the body of an answer that is not 2xx; a proxy's page of HTML counts as its first words. */
export function readApiAnswer(status: number, body: string): ApiAnswer {
  try {
    const { reason = '', message = '', details } = JSON.parse(body);
    return { status, reason, message: message || `the server answered ${status}`, causes: details?.causes ?? [] };
  } catch {
    const words = body
      .replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/g, ' ')
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim();
    return { status, reason: '', message: words.slice(0, 200) || `the server answered ${status}`, causes: [] };
  }
}

/** As `kubectl` prints it (kubectl `cmd/util.StandardErrorMessage`). */
function kubectlMessage({ status, reason, message }: ApiAnswer): string {
  if (reason === 'Invalid') return `The ${message}`;
  if (reason) return `Error from server (${reason}): ${message}`;
  return `Error from server: ${message}${message.includes(String(status)) ? '' : ` (HTTP ${status})`}`;
}
