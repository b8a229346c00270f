import type { Service } from 'kubernetes-types/core/v1';
import type { Orphan } from '../../exposure/orphans.ts';
import type { PortMapping } from '../../exposure/port-mapping.ts';
import type { ExposeMode } from '../../exposure/port-mode-names.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';

/**
 * A change that `doctor --fix` may make by itself: safe, reversible, and of nothing but SkyPilot's annotation on the
 * controller's Service, or what this plugin has made.
 */
export type Fix =
  /** Sets `skypilot.co/external-ip` of a controller's Service; null takes it away. */
  | { readonly do: 'annotate'; readonly service: Service; readonly value: string | null }
  /** Writes our objects for these ports as `expose` writes them. */
  | {
      readonly do: 'expose';
      readonly skyCluster: SkyCluster;
      readonly mode: ExposeMode;
      readonly ports: readonly PortMapping[];
      /** Undefined keeps what is there. */
      readonly allNodes?: boolean;
      readonly ingressClass?: string;
    }
  /** Removes what outlived its SkyPilot cluster. */
  | { readonly do: 'remove'; readonly orphans: readonly Orphan[] };
