import { command, cure } from '../../../errors/cure.ts';
import { closingAnnotation } from '../../../exposure/closing-time.ts';
import { unexposeCommand } from '../../../exposure/plan/unexpose-command.ts';
import { groupsOf, overduePortsOf } from '../../../modes/overdue-ports.ts';
import { listed } from '../../../snapshot/text.ts';
import { clusterKey } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf, serviceReference } from '../../finding.ts';

export const portsClosedInTime = defineCheck({
  id: 'ports-closed-in-time',
  group: 'leftovers',
  onPath: false,
  title: 'every port that was opened for a limited time is closed after it',
  severity: 'warning',
  needs: ['services'],
  wants: ['pods'],
  after: ['api-server-answers'],
  docs: () => ({
    means:
      'A port was opened with `expose --for`, its time is over for more than a minute, and it is still open. The command that opened the port was killed, or it could not reach the API server.',
    matters: 'The port is open to callers for longer than its user wanted, and a load balancer costs money.',
    fix: 'Close the port, or let `prune` close all such ports. To keep a port open, expose it again without `--for`.',
    commands: [
      cure(command`kubectl skyports unexpose SKYCLUSTER PORT`, 'closes the port'),
      cure(command`kubectl skyports prune`, 'closes all such ports, after asking'),
    ],
    sources: ['the annotation skyports/closes-at.PORT of a Service: the time that expose --for wrote'],
  }),
  find: ({ view, subject }) => {
    const { skyCluster: named, ports } = subject;
    const overdue = overduePortsOf(view).filter(
      ({ skyCluster, port }) =>
        (!named || clusterKey(named) === clusterKey(skyCluster)) && (!ports || ports.includes(port)),
    );
    return groupsOf(overdue).map((group) => {
      const { skyCluster, mode } = group[0]!;
      const services = [...new Set(group.map(({ service }) => service))];
      return {
        about: [clusterKey(skyCluster)],
        objects: services.map(serviceReference),
        evidence: group.map(({ service, port, closesAt }) =>
          fieldOf(serviceReference(service), `metadata.annotations["${closingAnnotation(port)}"]`, closesAt),
        ),
        skyCluster,
        mode,
        ports: group.map(({ port }) => port),
        closesAt: group[0]!.closesAt,
      };
    });
  },
  say: ({ skyCluster, mode, ports, closesAt }) =>
    `port ${listed(ports.map(String))} of ${skyCluster.displayName} was to be closed at ${closesAt} and is still open in ${mode} mode`,
  cures: ({ skyCluster, mode, ports }) => [
    cure(unexposeCommand(skyCluster, mode, ports), ports.length === 1 ? 'closes it' : 'closes them'),
  ],
});
