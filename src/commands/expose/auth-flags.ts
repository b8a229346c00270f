import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { type AuthWish, limitsIn, passwordLimits, withRanges } from '../../exposure/plan/access.ts';
import type { MetadataChanges } from '../../exposure/plan/manifest.ts';
import type { ExposeFlagValues } from './command.ts';

/**
 * The flags that say how callers prove who they are.
 *
 * @throws UsageError for an invalid value, and for flags that cannot be combined
 */
export function readAuth(flags: ExposeFlagValues, annotations: MetadataChanges): AuthWish | undefined {
  const { auth, 'auth-user': user, 'auth-secret': secret, 'auth-password-stdin': typed } = flags;
  refuseOwnLimits(flags, annotations);
  if (auth === 'basic') {
    if (user !== undefined) checkUser(user);
    if (secret !== undefined) checkSecretName(secret);
    const other = typed ? '--auth-password-stdin' : user === undefined ? undefined : '--auth-user';
    if (secret !== undefined && other) {
      throw new UsageError(
        'flags-exclude-each-other',
        `--auth-secret names users and passwords, so ${other} has no effect`,
        [advice('leave out one of them')],
      );
    }
    if (typed && flags.filename === '-') {
      throw new UsageError('flags-exclude-each-other', '--auth-password-stdin and -f - both read standard input', [
        advice('name the file after -f'),
      ]);
    }
    return { is: 'basic', secret, user, newPassword: typed ?? false };
  }
  const lonely = user !== undefined ? 'user' : secret !== undefined ? 'secret' : typed ? 'password-stdin' : undefined;
  if (lonely) {
    throw new UsageError('flag-needs-another', `--auth-${lonely} only has an effect with --auth basic`, [
      advice(`add --auth basic, or leave --auth-${lonely} out`),
    ]);
  }
  if (auth === undefined) return undefined;
  if (auth === 'none') return { is: 'none' };
  throw new UsageError('unknown-auth', `--auth ${auth} is not a way to ask callers`, [
    advice('--auth takes basic (callers need a user name and a password) or none'),
  ]);
}

/** Refuses annotations that the flags of the same call write. */
function refuseOwnLimits(flags: ExposeFlagValues, { set, remove }: MetadataChanges): void {
  const keysOf = (limits: object) => Object.keys(limits);
  const written = [
    ...(flags.auth === undefined ? [] : keysOf(passwordLimits('')).map((key) => ({ key, flag: '--auth' }))),
    ...(flags['source-range'] === undefined
      ? []
      : keysOf(limitsIn(withRanges({}, ['']))).map((key) => ({ key, flag: '--source-range' }))),
  ];
  const clash = written.find(({ key }) => Object.hasOwn(set, key) || remove.includes(key));
  if (!clash) return;
  throw new UsageError(
    'flags-exclude-each-other',
    `--annotation ${clash.key} and ${clash.flag} set the same annotation`,
    [advice('leave out one of them')],
  );
}

/** Checks a user name. In a password file, a colon ends the name, and `#` begins a comment. */
function checkUser(user: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/.test(user)) return;
  throw new UsageError('invalid-auth-user', `--auth-user ${user} is not a valid user name`, [
    advice('use at most 64 letters, digits, ".", "_", "@", "+" and "-", with a letter or digit first'),
  ]);
}

/** Checks the name of a Secret (apimachinery, validation.IsDNS1123Subdomain). */
function checkSecretName(name: string): void {
  const isName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name) && name.length <= 253;
  if (isName && !name.endsWith('--skyports-auth')) return;
  throw new UsageError(
    'invalid-auth-secret',
    isName
      ? `--auth-secret ${name}: kubectl skyports writes Secrets with this name itself`
      : `--auth-secret ${name} is not a valid name of a Secret`,
    [
      isName
        ? advice('leave --auth-secret out: --auth basic alone uses this Secret')
        : advice('name a Secret in the namespace of the SkyPilot cluster; its key auth contains lines of htpasswd'),
    ],
  );
}
