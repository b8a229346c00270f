/**
 * The user asked for something that cannot be done as asked: exit code 2, and nothing was changed.
 * `message` states the fact; `cure`, when there is one, is what to type or do instead.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitCode = 2;
  readonly cure: string | undefined;

  constructor(message: string, cure?: string) {
    super(message);
    this.cure = cure;
  }
}
