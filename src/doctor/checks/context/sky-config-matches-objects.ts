import { advice } from '../../../errors/cure.ts';
import { skyPilotObjects } from '../../../modes/choose-mode.ts';
import { skyPilotModesOf } from '../../../modes/skypilot-modes.ts';
import { portsOfSkyConfig } from '../../../skypilot/config.ts';
import { kindContext } from '../../../skypilot/names.ts';
import { skyPilotPortModes } from '../../../skypilot/port-modes.ts';
import { counted, listed } from '../../../snapshot/text.ts';
import { clusterKey, skyClustersOf } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf } from '../../finding.ts';

export const skyConfigMatchesObjects = defineCheck({
  id: 'sky-config-matches-objects',
  group: 'context',
  onPath: false,
  title: 'the clusters use the configured port mode',
  severity: 'info',
  needs: ['skyConfig', 'services', 'ingresses'],
  wants: ['pods'],
  after: ['api-server-answers', 'sky-config-port-mode'],
  docs: () => ({
    means:
      'SkyPilot opened the ports of a cluster in another mode than `kubernetes.ports` names today for this context.',
    matters:
      'Nothing is broken: a change of the configuration never affects existing clusters. But SkyPilot\'s hint under "No endpoints exposed yet" comes from the current configuration, so it names the wrong kind of object.',
    fix: 'Nothing needs fixing. To use the configured mode, take the cluster down and launch it again.',
    sources: [
      'SkyPilot documentation: reference/config-sources ("configuration changes do not affect existing clusters")',
      'sky/provision/kubernetes/network_utils.py: get_port_mode',
    ],
  }),
  notApplicable({ seen, context }) {
    if (context === kindContext) return `SkyPilot always uses ingress on context ${kindContext}`;
    return portsOfSkyConfig(seen.skyConfig, context).ports ? undefined : 'no port mode is configured on this machine';
  },
  find(scene) {
    const { ports } = portsOfSkyConfig(scene.seen.skyConfig, scene.context);
    if (!ports || !skyPilotPortModes.some((mode) => mode === ports.value)) return [];
    const modes = skyPilotModesOf(scene.view);
    const config = { kind: 'SkyPilotConfig', namespace: '', name: ports.path };
    return (Object.keys(skyPilotObjects) as (keyof typeof skyPilotObjects)[]).flatMap((mode) => {
      const others = skyClustersOf(scene).filter(
        (each) => ports.value !== mode && modes.get(clusterKey(each)) === mode,
      );
      if (others.length === 0) return [];
      const objects = others.map(({ namespace, nameOnCloud }) => ({
        namespace,
        ...skyPilotObjects[mode](nameOnCloud),
      }));
      const evidence = [fieldOf(config, ports.key, ports.value)];
      return [{ about: others.map(clusterKey), objects: [...objects, config], evidence, mode, ports, others }];
    });
  },
  say: ({ mode, ports, others }) =>
    `SkyPilot opened the ports of ${listed(others.map(({ displayName }) => displayName))} in ${mode} mode; ${ports.key} in ${ports.path} says ${ports.value} today, which applies to new clusters only`,
  cures: ({ others }) => [
    advice(
      `nothing to fix: the ${others.length === 1 ? 'cluster keeps' : `${counted(others.length, 'cluster')} keep`} the mode of the launch until you take ${others.length === 1 ? 'it' : 'them'} down`,
    ),
  ],
});
