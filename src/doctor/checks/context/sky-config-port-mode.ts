import { command, cure, part } from '../../../errors/cure.ts';
import { nodeport } from '../../../modes/nodeport/mode.ts';
import { portsOfSkyConfig } from '../../../skypilot/config.ts';
import { skyPilotPortModes } from '../../../skypilot/port-modes.ts';
import { defineCheck } from '../../define-check.ts';
import { allClusters, fieldOf } from '../../finding.ts';

export const skyConfigPortMode = defineCheck({
  id: 'sky-config-port-mode',
  group: 'context',
  onPath: false,
  title: 'SkyPilot accepts the configured port mode',
  severity: 'warning',
  needs: ['skyConfig'],
  after: [],
  docs: () => ({
    means:
      "`kubernetes.ports` (or `kubernetes.context_configs.CONTEXT.ports`) has a value that SkyPilot rejects. SkyPilot's schema accepts `Ingress` in any case, but the code that uses the value only accepts lower case. SkyPilot's reference also lists `nodeport`, which is not a port mode.",
    matters:
      'Every `sky launch` with ports fails on this context ("is not a valid KubernetesPortMode"). Existing clusters keep the mode of their launch, so their ports are not affected.',
    fix: 'Set it to `loadbalancer`, `ingress` or `podip`, in lower case. A remote SkyPilot API server merges its own configuration with this file.',
    commands: [cure(command`kubectl skyports config set-ports MODE`, 'writes MODE')],
    sources: [
      'sky/utils/kubernetes_enums.py: KubernetesPortMode',
      'sky/utils/schemas.py: case_insensitive_enum of kubernetes.ports',
      'SkyPilot documentation: reference/config lists nodeport and leaves out ingress',
      'Checked live with 0.14.1: ValueError',
    ],
  }),
  find({ seen, context }) {
    const { ports } = portsOfSkyConfig(seen.skyConfig, context);
    if (!ports || skyPilotPortModes.some((mode) => mode === ports.value)) return [];
    const object = { kind: 'SkyPilotConfig', namespace: '', name: ports.path };
    const evidence = [fieldOf(object, ports.key, ports.value)];
    return [
      {
        about: allClusters,
        objects: [object],
        evidence,
        ports,
        context,
      },
    ];
  },
  say: ({ ports }) =>
    `${ports.key} in ${ports.path} is "${ports.value}"; SkyPilot only accepts ${skyPilotPortModes.join(', ')}${why(ports.value)}`,
  cures: ({ ports, context }) => {
    const where = ports.key.includes('.context_configs.') && part`--for-context ${context}`;
    const project = ports.path.endsWith('.sky.yaml') && part`--project`;
    const mode = meantBy(ports.value) ?? 'loadbalancer';
    return [cure(command`kubectl skyports config set-ports ${mode} ${where} ${project}`, `edits ${ports.path}`)];
  },
});

/** The mode that the user meant, if only upper and lower case are wrong. */
function meantBy(value: string): string | undefined {
  return skyPilotPortModes.find((mode) => mode === value.toLowerCase());
}

function why(value: string): string {
  if (meantBy(value)) return ', in lower case: its schema lets this pass, and sky launch then fails';
  return value.toLowerCase() === nodeport.name ? ': its documentation lists nodeport, its code rejects it' : '';
}
