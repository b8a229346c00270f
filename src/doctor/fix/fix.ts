import type { Service } from 'kubernetes-types/core/v1';
import type { Orphan } from '../../exposure/orphans.ts';
import type { PortMapping } from '../../exposure/port-mapping.ts';
import type { ExposeMode } from '../../exposure/port-mode-names.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';

/**
 * A change that `doctor --fix` may make by itself. The change is safe and reversible. It only concerns SkyPilot's
 * annotation on the controller's Service, or objects that this plugin created.
 */
export type Fix =
  /** Sets `skypilot.co/external-ip` on a controller's Service; the value null removes the annotation. */
  | { readonly do: 'annotate'; readonly service: Service; readonly value: string | null }
  /** Writes this plugin's objects for these ports, as `expose` does. */
  | {
      readonly do: 'expose';
      readonly skyCluster: SkyCluster;
      readonly mode: ExposeMode;
      readonly ports: readonly PortMapping[];
      /**
       * Whether the Service selects the Pods of all nodes, not only the head Pod; undefined keeps the current value.
       */
      readonly allNodes?: boolean;
      readonly ingressClass?: string;
    }
  /** Removes objects that still exist although their SkyPilot cluster does not. */
  | { readonly do: 'remove'; readonly orphans: readonly Orphan[] };
