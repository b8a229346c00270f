import { command, cure } from '../../../errors/cure.ts';
import { samePorts } from '../../../exposure/port-mapping.ts';
import { listed } from '../../../snapshot/text.ts';
import { clusterKey, endpointsOf } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf } from '../../finding.ts';
import { displayOf, exposeCommand, rangesOf } from '../../format.ts';
import { isPodIpMode } from '../../possible-modes.ts';

export const servicePortKnown = defineCheck({
  id: 'service-port-known',
  group: 'service',
  onPath: true,
  breaksCalls: true,
  title: 'a Service or an Ingress opens every port that was asked about',
  severity: 'error',
  needs: [],
  wants: ['services', 'pods', 'ingresses', 'skyConfig'],
  after: ['api-server-answers'],
  docs: {
    means: 'A PORT argument names a port that no Service and no Ingress opens for this cluster.',
    matters:
      "The app may listen, but nothing leads to it. SkyPilot's own output does not help: in every mode it prints an address for each port in its own records, even if the Service does not have the port.",
    fix: 'Open it now, without a relaunch; `ports:` in the task makes SkyPilot open it at the next launch.',
    commands: [cure(command`kubectl skyports expose NAME PORT`, 'opens PORT')],
    sources: [
      'Checked live with 0.14.1: SkyPilot prints ports that are absent from the Service',
      'sky/backends/cloud_vm_ray_backend.py: ports are opened at launch only',
    ],
  },
  notApplicable(scene) {
    const { skyCluster, ports, mode } = scene.subject;
    if (!skyCluster || !ports) return 'no port was asked about';
    if (mode) return 'the mode is checked before ports are opened in it';
    return isPodIpMode(scene) ? 'in podip mode nothing has to open a port' : undefined;
  },
  needsHere: () => ['services'],
  find({ view, subject }) {
    const { skyCluster, ports = [] } = subject;
    if (!skyCluster) return [];
    const open = endpointsOf({ view, subject: { ...subject, ports: undefined } });
    const openPorts = new Set(open.map(({ port }) => port));
    const missing = ports.filter((port) => !openPorts.has(port));
    if (missing.length === 0) return [];
    const objects = [...new Map(open.map(({ source }) => [source[0]!.name, source[0]!])).values()];
    const evidence = objects.map((object) =>
      fieldOf(
        object,
        'ports',
        open.filter(({ source }) => source[0]!.name === object.name).map(({ port }) => port),
      ),
    );
    return [{ about: [clusterKey(skyCluster)], objects, evidence, skyCluster, missing, openPorts: [...openPorts] }];
  },
  say({ skyCluster, missing, openPorts }) {
    const ports = `port${missing.length === 1 ? '' : 's'} ${listed(rangesOf(missing))}`;
    const others = openPorts.length === 0 ? 'no port of it is open' : `open: ${listed(rangesOf(openPorts))}`;
    return `nothing opens ${ports} of ${displayOf(skyCluster)}; ${others}`;
  },
  cures: ({ skyCluster, missing }) => [
    cure(exposeCommand(skyCluster, samePorts(missing)), missing.length === 1 ? 'opens it' : 'opens them'),
  ],
});
