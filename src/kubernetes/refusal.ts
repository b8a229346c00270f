import { ApiError, readApiAnswer } from './api-error.ts';
import type { Target } from './target.ts';

/** What to tell the user about an answer that is not 2xx. */
export function refusal(status: number, body: string, target: Target): ApiError {
  const answer = readApiAnswer(status, body);
  if (status === 401) {
    return new ApiError(
      answer,
      `You must be logged in to the server (${answer.message}): user "${target.userName}" of ${target.origin} was refused`,
      'log in again, or choose another user or context: kubectl config get-contexts',
    );
  }
  return new ApiError(answer);
}
