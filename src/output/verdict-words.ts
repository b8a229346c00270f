import type { Summary } from '../doctor/summary.ts';

/** The titles of reports, by the state of the summary. The summary itself says more, and has names from the cluster. */
export const verdictWords: Readonly<Record<Summary['state'], { readonly mark: string; readonly title: string }>> = {
  ok: { mark: '✔', title: 'OK' },
  yes: { mark: '✔', title: 'Yes' },
  reachable: { mark: '!', title: 'Reachable, with warnings' },
  partial: { mark: '!', title: 'Partly checked' },
  'no-port': { mark: '!', title: 'No open port' },
  pending: { mark: '!', title: 'Not reachable yet' },
  'cannot-tell': { mark: '?', title: 'Cannot tell' },
  'not-reachable': { mark: '✖', title: 'Not reachable' },
  no: { mark: '✖', title: 'No' },
};

/** The summary without the words that its title repeats. */
export function withoutTitle({ state, text }: Summary): string {
  const start = `${verdictWords[state].title}: `;
  return text.startsWith(start) ? text.slice(start.length) : text;
}
