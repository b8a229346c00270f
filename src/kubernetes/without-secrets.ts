/** A body for the log: tokens, and what Secrets hold, are left out; what is no JSON is shown as it is. */
export function withoutSecrets(body: string): string {
  if (!/"(token|Secret|SecretList)"/.test(body)) return body;
  try {
    return JSON.stringify(masked(JSON.parse(body), ''));
  } catch {
    return '<masked>';
  }
}

/** @param parentKind what a list is a list of: its items need not say */
function masked(value: unknown, parentKind: string): unknown {
  if (Array.isArray(value)) return value.map((item) => masked(item, parentKind));
  if (typeof value !== 'object' || value === null) return value;
  const kind = 'kind' in value ? String(value.kind) : parentKind;
  const isSecret = /^Secret(List)?$/.test(kind);
  const hidden = (key: string) =>
    key === 'token' ||
    (isSecret &&
      (key === 'data' || key === 'stringData' || key === 'kubectl.kubernetes.io/last-applied-configuration'));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, hidden(key) ? '<masked>' : masked(inner, kind)]),
  );
}
