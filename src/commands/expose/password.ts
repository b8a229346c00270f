import { randomInt, randomUUID } from 'node:crypto';
import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { SecretContent } from '../../kubernetes/changes/write-secret.ts';
import type { System } from '../../system.ts';
import { say } from '../messages.ts';

/** Letters and digits that look different from each other in every font. */
const alphabet = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789';

const generatedLength = 20;

/**
 * The costs of bcrypt: the number of rounds is two to this power. The ingress controller computes the hash for each
 * request, and serves no other request meanwhile. 40 requests took 102 ms at cost 5 and 2,093 ms at cost 10. A generated
 * password has 115 random bits, so guessing is hopeless at any cost. A password that a user chose needs a higher cost, and
 * with 8 the hash takes about 13 ms.
 */
const costs = { generated: 5, typed: 8 } as const;

/** bcrypt ignores further bytes. */
const mostBytes = 72;
const fewestCharacters = 8;

/**
 * The password of one call of `expose`, for the Secret of this plugin. It stays the same if the plan is made again.
 * Nothing except `written` shows it.
 */
export class NewPassword implements SecretContent {
  readonly id = randomUUID();
  /** The user name that belongs to the password. */
  user = '';
  readonly #password: string;
  readonly #cost: number;
  readonly #system: System;
  #isWritten = false;
  #hash: string | undefined;

  /** @param typed the password that the user typed; undefined to generate one */
  constructor(typed: string | undefined, system: System) {
    this.#password = typed ?? generatePassword();
    this.#cost = typed === undefined ? costs.generated : costs.typed;
    this.#system = system;
  }

  /** Whether the Secret contains this password. */
  get isWritten(): boolean {
    return this.#isWritten;
  }

  async data(): Promise<Readonly<Record<string, string>>> {
    // The package is only loaded for a new password.
    const { hash } = await import('bcryptjs');
    this.#hash ??= await hash(this.#password, this.#cost);
    // htpasswd and every crypt library know the prefix 2y. It means the same as 2b.
    return { auth: `${this.user}:${this.#hash.replace(/^\$2[ab]\$/, '$2y$')}\n` };
  }

  /**
   * Shows a generated password. This happens before a port asks for the password, so an interruption never leaves a port
   * whose password is unknown.
   */
  written(): void {
    if (!this.#isWritten && this.#cost === costs.generated) {
      say(this.#system, `password of user ${this.user} (not shown again): ${this.#password}`);
    }
    this.#isWritten = true;
  }
}

/** A random password. `randomInt` gives each character the same probability. */
export function generatePassword(): string {
  return Array.from({ length: generatedLength }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/**
 * Reads the password from standard input. One line break at its end is removed.
 *
 * @throws UsageError if standard input is a terminal, or the password is not usable; the error does not contain it
 */
export async function readPassword(system: System): Promise<string> {
  if (system.stdinIsTerminal) {
    throw new UsageError(
      'no-password',
      '--auth-password-stdin reads a pipe or a file, and standard input is a terminal',
      [
        advice('add < FILE, where FILE contains only the password'),
        advice('or leave --auth-password-stdin out to get a random password'),
      ],
    );
  }
  const bytes = await system.readInput(1024);
  const text = new TextDecoder().decode(bytes).replace(/\r?\n$/, '');
  const fault = faultOf(text);
  if (fault === undefined) return text;
  throw new UsageError('invalid-password', `the password on standard input ${fault}`, [
    advice('use 8 to 72 characters on one line'),
  ]);
}

function faultOf(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (/\p{Cc}|\u{fffd}/u.test(text)) return 'has control characters, or is not UTF-8';
  if (text.length < fewestCharacters) return `has fewer than ${fewestCharacters} characters`;
  if (Buffer.byteLength(text) > mostBytes) return `has more than ${mostBytes} bytes`;
  return undefined;
}
