import type { Service } from 'kubernetes-types/core/v1';
import type { Orphan } from '../../exposure/orphans.ts';
import type { PortMapping } from '../../exposure/port-mapping.ts';
import type { ExposeMode } from '../../exposure/port-mode-names.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';

/**
 * A change that `doctor --fix` may make by itself. It is safe and reversible. It only changes SkyPilot's annotation on
 * the controller's Service, or objects that this plugin created.
 */
export type Fix =
  /** Sets `skypilot.co/external-ip` on a controller's Service; null removes it. */
  | { readonly do: 'annotate'; readonly service: Service; readonly value: string | null }
  /** Writes our objects for these ports, as `expose` does. */
  | {
      readonly do: 'expose';
      readonly skyCluster: SkyCluster;
      readonly mode: ExposeMode;
      readonly ports: readonly PortMapping[];
      /** Undefined keeps the current value. */
      readonly allNodes?: boolean;
      readonly ingressClass?: string;
    }
  /** Removes objects that remain after their SkyPilot cluster. */
  | { readonly do: 'remove'; readonly orphans: readonly Orphan[] };
