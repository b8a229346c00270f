import { advice } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { ExposeMode } from '../exposure/port-mode-names.ts';
import type { SnapshotIndex } from '../exposure/snapshot-index.ts';
import { kindPortMode, type SkyConfigPorts } from '../skypilot/config.ts';
import { ingressName, kindContext, loadBalancerName } from '../skypilot/names.ts';
import { type SkyPilotPortMode, skyPilotPortModes } from '../skypilot/port-modes.ts';
import type { SkyCluster } from '../skypilot/sky-cluster.ts';
import { skyPilotModesOf } from './skypilot-modes.ts';

/** The default mode of `expose`, and why it is the default. One line on stderr contains both. */
export interface ChosenMode {
  readonly mode: ExposeMode;
  readonly reason: string;
}

/** For each mode, the kind of object that SkyPilot creates to open ports. In podip mode, it creates none. */
export const skyPilotObjects: Readonly<
  Record<Exclude<SkyPilotPortMode, 'podip'>, (nameOnCloud: string) => { readonly kind: string; readonly name: string }>
> = {
  loadbalancer: (nameOnCloud) => ({ kind: 'Service', name: loadBalancerName(nameOnCloud) }),
  ingress: (nameOnCloud) => ({ kind: 'Ingress', name: ingressName(nameOnCloud) }),
};

/**
 * The mode in which SkyPilot opened ports of this cluster. If SkyPilot has opened none, it is the mode that SkyPilot
 * always uses in this context. Undefined if SkyPilot's configuration sets the mode.
 */
export function modeFromCluster(view: SnapshotIndex, { namespace, nameOnCloud }: SkyCluster): ChosenMode | undefined {
  const mode = skyPilotModesOf(view).get(`${namespace}/${nameOnCloud}`);
  if (mode) {
    const { kind, name } = skyPilotObjects[mode](nameOnCloud);
    return { mode, reason: `SkyPilot opened ports through ${kind} ${name}` };
  }
  if (view.snapshot.context === kindContext) {
    return { mode: kindPortMode, reason: `SkyPilot always uses ingress on context ${kindContext}` };
  }
  return undefined;
}

/**
 * The mode in SkyPilot's configuration for this context. If none is set, SkyPilot's default.
 *
 * @throws UsageError for a value that SkyPilot rejects
 */
export function modeFromConfig({ ports, apiServer }: SkyConfigPorts): ChosenMode {
  const remote = apiServer ? `; the SkyPilot API server ${apiServer} may be configured otherwise` : '';
  if (!ports) return { mode: 'loadbalancer', reason: `it is SkyPilot's default${remote}` };
  const mode = skyPilotPortModes.find((each) => each === ports.value);
  if (mode) return { mode, reason: `${ports.key} in ${ports.path} says so${remote}` };
  throw new UsageError(
    'invalid-sky-config',
    `${ports.key} in ${ports.path} is "${ports.value}", which SkyPilot rejects: it accepts ${skyPilotPortModes.join(', ')}`,
    [advice('fix it there, or add --mode')],
  );
}
