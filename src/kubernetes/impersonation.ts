import type { Target } from './target.ts';

/** The headers by which a user acts as another, from `--as` and its kin or the kubeconfig's `as`. */
export function impersonationHeaders({ user }: Target): Record<string, string | readonly string[]> {
  if (!user.as) return {};
  const extra = Object.entries(user.asUserExtra ?? {}).map(([key, values]) => [
    `Impersonate-Extra-${headerKey(key)}`,
    values.map(headerText),
  ]);
  return {
    'Impersonate-User': headerText(user.as),
    ...(user.asUid && { 'Impersonate-Uid': headerText(user.asUid) }),
    ...(user.asGroups?.length && { 'Impersonate-Group': user.asGroups.map(headerText) }),
    ...Object.fromEntries(extra),
  };
}

/** client-go `headerKeyEscape`: what may not stand in a header's name is percent-encoded. */
function headerKey(key: string): string {
  const percentEncoded = (byte: number) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return key.replace(/[^A-Za-z0-9!#$&'*+.^_`|~-]/gu, (character) =>
    [...Buffer.from(character)].map(percentEncoded).join(''),
  );
}

/** Go sends a header's text as UTF-8; Node writes one byte a character. */
function headerText(text: string): string {
  return Buffer.from(text).toString('latin1');
}
