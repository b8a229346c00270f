/**
 * The world did not do what it should (server unreachable, credentials expired, a write refused): exit code 1.
 * `message` states the fact; `cure`, when there is one, is what to type or do next.
 */
export class Failure extends Error {
  override readonly name: string = 'Failure';
  readonly exitCode = 1;
  readonly cure: string | undefined;

  constructor(message: string, cure?: string, options?: ErrorOptions) {
    super(message, options);
    this.cure = cure;
  }
}
