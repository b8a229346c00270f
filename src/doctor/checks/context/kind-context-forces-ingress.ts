import { advice, command, cure } from '../../../errors/cure.ts';
import { allModes } from '../../../modes/all-modes.ts';
import { kindPortMode, portsOfSkyConfig } from '../../../skypilot/config.ts';
import { kindContext, loadBalancerName, parseServiceName } from '../../../skypilot/names.ts';
import { itemsOf } from '../../../snapshot/topics.ts';
import { defineCheck } from '../../define-check.ts';
import { allClusters, fieldOf, serviceReference } from '../../finding.ts';

export const kindContextForcesIngress = defineCheck({
  id: 'kind-context-forces-ingress',
  group: 'context',
  onPath: false,
  title: 'SkyPilot uses the chosen port mode',
  severity: 'info',
  needs: [],
  wants: ['skyConfig', 'services'],
  after: [],
  docs: () => ({
    means: `The context is called \`${kindContext}\`, and another mode than ingress is configured, named with \`--mode\`, or was used for a cluster.`,
    matters:
      'If the current context has exactly this name, SkyPilot always uses ingress mode. It ignores its configuration and the mode of the launch: `sky status --endpoints` only looks at the ingress controller. kind clusters with other names are not affected.',
    fix: "Use ingress mode there, because SkyPilot's local cluster is set up for it. To use another mode, open ports with this plugin.",
    commands: [cure(command`kubectl skyports expose NAME PORT --mode MODE`, 'opens PORT in another mode')],
    sources: ['sky/provision/kubernetes/network_utils.py: get_port_mode', 'skypilot-org/skypilot#3798'],
  }),
  notApplicable: ({ context }) => (context === kindContext ? undefined : `the context is not ${kindContext}`),
  find({ context, subject, perhaps }) {
    const { ports } = portsOfSkyConfig(itemsOf(perhaps.skyConfig), context);
    const configured = ports && ports.value !== kindPortMode ? ports : undefined;
    const askedMode = subject.mode && allModes[subject.mode].skyPilotPorts;
    const asked = askedMode === kindPortMode ? undefined : askedMode;
    const service = itemsOf(perhaps.services).find(({ metadata }) => {
      const made = parseServiceName(metadata?.name ?? '');
      const named = subject.skyCluster;
      if (made?.role !== 'load-balancer') return false;
      return (
        !named || (named.namespace === metadata?.namespace && loadBalancerName(named.nameOnCloud) === metadata.name)
      );
    });
    const config = configured && { kind: 'SkyPilotConfig', namespace: '', name: configured.path };
    const kind = { kind: 'Context', namespace: '', name: context };
    const reasons = [
      ...(config ? [`${configured.key} in ${configured.path} says ${configured.value}`] : []),
      ...(asked ? [`--mode ${asked} was given`] : []),
      ...(service ? [`Service ${service.metadata?.name} was created in loadbalancer mode`] : []),
    ];
    if (reasons.length === 0) return [];
    return [
      {
        about: allClusters,
        objects: [...(service ? [serviceReference(service)] : []), ...(config ? [config] : []), kind],
        evidence: config ? [fieldOf(config, configured.key, configured.value)] : [fieldOf(kind, 'name', context)],
        reasons,
      },
    ];
  },
  say: ({ reasons }) =>
    `${reasons.join(', ')}; SkyPilot uses ingress mode anyway, because the context is called ${kindContext}`,
  cures: () => [
    advice('SkyPilot has no setting for it: only ingress mode works there'),
    advice('--mode of expose opens ports in other modes'),
  ],
});
