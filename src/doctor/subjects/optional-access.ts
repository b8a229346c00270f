import type { NeededAccess } from './needed-access.ts';

/** Permissions that only an optional command or flag needs. */
export interface OptionalAccess {
  /** Describes the command or flag that needs the permissions. */
  readonly what: string;
  readonly rules: readonly {
    readonly subresource: 'proxy' | 'exec' | 'portforward';
    readonly verbs: readonly string[];
  }[];
}

/**
 * The permissions for commands that do more with Pods than read them. kubectl opens a websocket with GET, so it needs
 * the verb get. Since Kubernetes 1.35, it also needs the verb create (feature gate
 * AuthorizePodWebsocketUpgradeCreatePermission).
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
    what: 'forward and open, which run kubectl port-forward',
    rules: [{ subresource: 'portforward', verbs: ['get', 'create'] }],
  },
  {
    what: "open: one command in the head Pod reads the app's token from the app's own files",
    rules: [{ subresource: 'exec', verbs: ['get', 'create'] }],
  },
];

/**
 * Each permission, in the form of a request for an access review.
 * @param namespace null means all namespaces
 */
export function reviewsOf({ rules }: OptionalAccess, namespace: string | null): NeededAccess[] {
  const place = namespace === null ? {} : { namespace };
  return rules.flatMap(({ subresource, verbs }) =>
    verbs.map((verb) => ({ verb, group: '', resource: 'pods', subresource, ...place })),
  );
}
