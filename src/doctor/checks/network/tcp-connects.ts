import { advice, type Cure } from '../../../errors/cure.ts';
import { isOpenedInAdvance } from '../../../exposure/endpoint.ts';
import { scopeOf } from '../../../exposure/scope.ts';
import { hostAndPort } from '../../../exposure/url.ts';
import { allModes } from '../../../modes/all-modes.ts';
import { servePortRange } from '../../../skypilot/controllers.ts';
import { type CheckContext, clusterKey } from '../../check-context.ts';
import { defineCheck, type RankedFinding, rankedFindings } from '../../define-check.ts';
import { fieldOf } from '../../finding.ts';
import { announcementTopics } from '../../subjects/balanced-services.ts';
import {
  type CalledPort,
  calledPorts,
  groupedCalls,
  isBehindProxy,
  notCalled,
  portsOf,
  servicePortsOf,
  unprovedCalls,
  unusedServePorts,
} from '../../subjects/called-ports.ts';
import { insideOf } from '../../subjects/inside.ts';
import { isInnerNodeAddress, ownNetworkOf } from '../../subjects/own-network.ts';
import { insideCures } from '../../subjects/pod-cures.ts';
import { serveStatusCure } from '../../subjects/serve-cures.ts';
import { troubleAt, unanswered } from '../../subjects/unanswered.ts';

export const tcpConnects = defineCheck({
  id: 'tcp-connects',
  group: 'network',
  onPath: true,
  title: 'every address accepts connections from this machine',
  severity: 'error',
  needs: ['services'],
  wants: [...announcementTopics, 'podProbes'],
  isCall: true,
  after: ['network-policy-allows', 'dns-resolves'],
  docs: () => ({
    means:
      "A TCP connection to a port's address is refused, is not answered within three seconds, or this machine has no route to it. It is a warning if the address is private, because this machine may not be in that network. SkyPilot opens the ports 30001-30020 of a SkyServe controller before a service needs them. If one of them refuses, nothing is wrong. If you name that port, it is info.",
    matters:
      'If it is refused, the packet arrived, but nothing accepts it: the app does not listen behind a load balancer that passes packets through, or there is no controller. If it is not answered, something on the way drops the packet: a firewall, a security group, the source ranges of the load balancer, or a load balancer whose health check fails.',
    fix: 'If it is refused, check whether the app listens, with `--probe=pod`. If it is not answered, the finding says whom the load balancer lets in, whether it lets in the address of this machine, which node answers for the address, and which node on the way is not Ready, as far as it is known. If nothing explains it, open the port in the firewall or security group of the nodes or the load balancer, and look at the health check.',
    sources: [
      'RFC 9293, 3.10.7: a reset answers a connection to a port that is closed',
      'Kubernetes: Service spec.loadBalancerSourceRanges, spec.externalTrafficPolicy',
    ],
  }),
  notApplicable: notCalled,
  needsHere: () => ['probes'],
  unsettled: (scene) =>
    unprovedCalls(scene, (probe) => probe.connection?.outcome !== 'open') ?? uncalled(calledPorts(scene)),
  find: (scene): RankedFinding[] => [
    ...groupedCalls(
      calledPorts(scene).filter(({ probe }) => isDead(probe) && !isBehindProxy(probe)),
      ({ probe }) => `${probe.address} ${probe.connection?.outcome}`,
    ).map((group) => deadAddress(group, scene)),
    ...groupedCalls(unusedServePorts(scene), ({ probe }) => `${probe.http?.outcome}`).map(unusedPort),
  ],
  ...rankedFindings,
});

function isDead({ connection }: CalledPort['probe']): boolean {
  return Boolean(connection) && connection!.outcome !== 'open';
}

/** Why the result is unknown: there were too many addresses to call all of them in time. */
function uncalled(calls: readonly CalledPort[]): string | undefined {
  const late = calls.filter(({ probe }) => !probe.connection && probe.names.length === 0);
  if (late.length === 0) return undefined;
  return `${late.length} of ${calls.length} addresses were not called within the time: name a SkyPilot cluster`;
}

function deadAddress(
  calls: readonly CalledPort[],
  scene: Pick<CheckContext, 'view' | 'subject' | 'namespace'>,
): RankedFinding {
  const { row, probe } = calls[0]!;
  const { outcome, code } = probe.connection!;
  const where = hostAndPort(probe.address, probe.port);
  const isPrivate = scopeOf(probe.address) === 'private' || leadsToPrivate(probe);
  const said = {
    refused: `${where} refuses the connection (${portsOf(calls)})`,
    'no-answer': `${where} does not answer a connection within 3 s (${portsOf(calls)})`,
    unreachable: `this machine has no route to ${where} (${portsOf(calls)}): ${code}`,
    open: '',
  }[outcome];
  const known = outcome === 'refused' ? undefined : unanswered(scene, row, probe);
  const refusing = outcome === 'refused' ? troubleAt(scene, probe.address) : undefined;
  const last = known?.firewall && (isPrivate ? advice(privateNote(calls[0]!, scene)) : known.firewall);
  const isOutOfReach = isPrivate && outcome !== 'refused' && !known?.isSure;
  // If no service of SkyServe is up, some load balancers drop packets to the port. Then nothing is wrong.
  const mayBeUnused = isOpenedInAdvance(row) && allModes[row.mode].answeredBy === 'app';
  const isSure = scene.subject.ports !== undefined || !mayBeUnused;
  return {
    about: [clusterKey(row)],
    servicePorts: servicePortsOf(calls),
    objects: row.source,
    evidence: row.source.slice(0, 1).map((reference) => fieldOf(reference, `TCP ${where}`, code)),
    fact: [
      said,
      ...(known?.facts ?? []),
      ...(refusing ? [refusing.fact] : []),
      ...(isOutOfReach ? ['the address is private'] : []),
    ].join('; '),
    severity: isSure && (outcome === 'refused' || (outcome === 'no-answer' && !isOutOfReach)) ? 'error' : 'warning',
    cures: [
      ...(isSure ? [] : [serveStatusCure()]),
      ...(known ?? refusing ?? { cures: refusedCures(row, scene) }).cures,
      ...(last ? [last] : []),
    ],
  };
}

/**
 * The finding for unused ports of a SkyServe controller. SkyPilot opens them when it launches the controller, before a
 * service uses them.
 */
function unusedPort(calls: readonly CalledPort[]): RankedFinding {
  const { row, probe } = calls[0]!;
  const where = hostAndPort(probe.address, probe.port);
  return {
    about: [clusterKey(row)],
    servicePorts: servicePortsOf(calls),
    objects: row.source,
    evidence: row.source.slice(0, 1).map((reference) => fieldOf(reference, `TCP ${where}`, probe.connection?.code)),
    fact: `no service of SkyServe is up on ${portsOf(calls)} of SkyPilot cluster ${row.skyCluster}${probe.http?.outcome === 'closed' ? ', or it has TLS' : ''}: SkyPilot opens ports ${servePortRange} in advance, and SkyServe listens on one for each service`,
    severity: 'info',
    cures: [serveStatusCure()],
  };
}

function privateNote({ row, probe: { address } }: CalledPort, { view }: Pick<CheckContext, 'view'>): string {
  const note = `call it from ${ownNetworkOf(row, view)}; if this machine is in it, a firewall drops the packets`;
  return isInnerNodeAddress(view.snapshot, address)
    ? `${note}; ServiceLB gives the ExternalIP of a node that has one: for callers outside, start K3s or RKE2 on each node with --node-external-ip and the public address of its machine`
    : note;
}

/** Cures for a refused connection. If the app listens, something between the caller and the Pod refuses the connection. */
function refusedCures(row: CalledPort['row'], { view }: Pick<CheckContext, 'view'>): readonly Cure[] {
  const cures = insideCures(view, row);
  if (!insideOf(view, row).listens) return cures;
  const who = allModes[row.mode].answeredBy === 'controller' ? 'the ingress controller' : 'the load balancer or a node';
  return [
    advice(`the app listens, so ${who} refuses the connection: see its health check, and where it sends calls`),
    ...cures,
  ];
}

function leadsToPrivate({ names, address }: CalledPort['probe']): boolean {
  const led = names.find(({ name }) => name === address)?.addresses ?? [];
  return led.length > 0 && led.every((each) => scopeOf(each) === 'private');
}
