import type { NeededAccess } from './needed-access.ts';

/** Rights that only something needs that is asked for. */
export interface OptionalAccess {
  /** What needs them, in words. */
  readonly what: string;
  readonly rules: readonly {
    readonly subresource: 'proxy' | 'exec' | 'portforward';
    readonly verbs: readonly string[];
  }[];
}

/**
 * What some commands do with Pods beyond reading them. A websocket is opened by GET, and since Kubernetes 1.35 needs create,
 * too (feature gate AuthorizePodWebsocketUpgradeCreatePermission).
 */
export const optionalAccess: readonly OptionalAccess[] = [
  {
    what: 'doctor --probe=pod: the API server calls the ports of head Pods, and one command in a Pod lists what listens there (cat /proc/net/tcp)',
    rules: [
      { subresource: 'proxy', verbs: ['get'] },
      { subresource: 'exec', verbs: ['get', 'create'] },
    ],
  },
  {
    what: 'forward, which runs kubectl port-forward',
    rules: [{ subresource: 'portforward', verbs: ['get', 'create'] }],
  },
];

/** Each right as an access review asks for it. @param namespace null means all */
export function reviewsOf({ rules }: OptionalAccess, namespace: string | null): NeededAccess[] {
  const place = namespace === null ? {} : { namespace };
  return rules.flatMap(({ subresource, verbs }) =>
    verbs.map((verb) => ({ verb, group: '', resource: 'pods', subresource, ...place })),
  );
}
