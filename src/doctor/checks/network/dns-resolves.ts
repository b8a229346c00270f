import { advice, type Cure, command, cure } from '../../../errors/cure.ts';
import { scopeOf } from '../../../exposure/scope.ts';
import type { SnapshotIndex } from '../../../exposure/snapshot-index.ts';
import { hostAndPort } from '../../../exposure/url.ts';
import { operandOf } from '../../../skypilot/operand.ts';
import type { AddressProbe, NameAnswer } from '../../../snapshot/probe.ts';
import { listed } from '../../../snapshot/text.ts';
import { type CheckContext, clusterKey } from '../../check-context.ts';
import { defineCheck, type RankedFinding, rankedFindings, type Severity, type Unseen } from '../../define-check.ts';
import { fieldOf } from '../../finding.ts';
import { secondsBetween } from '../../format.ts';
import {
  type CalledPort,
  calledPorts,
  calledTopics,
  groupedCalls,
  isBehindProxy,
  notCalled,
  portsOf,
  servicePortsOf,
  unprovedCalls,
} from '../../subjects/called-ports.ts';
import { isOfTailnet, ownNetworkOf } from '../../subjects/own-network.ts';

/** Seconds. A cloud publishes the name of a new load balancer within minutes: AWS takes up to five minutes. */
const newForSeconds = 600;

export const dnsResolves = defineCheck({
  id: 'dns-resolves',
  group: 'network',
  onPath: true,
  title: 'every host name leads to an address',
  severity: 'error',
  needs: ['services'],
  wants: calledTopics,
  isCall: true,
  after: [],
  docs: () => ({
    means:
      "This machine's resolver does not know the name in a port's URL or the name of its load balancer, or does not answer. Or the name leads to other addresses than those of the port. Names that lead to private addresses are reported as info.",
    matters:
      'The port cannot be called by that name. The name of a new load balancer takes minutes to appear. The name of an Ingress appears when you create its DNS record.',
    fix: "For the host of an Ingress, create a DNS record with the controller's address. Until then, curl's option `--resolve` calls the port without the record. For a new load balancer, wait.",
    sources: [
      'getaddrinfo(3): EAI_NONAME, EAI_AGAIN',
      'AWS, Elastic Load Balancing: the DNS name of a load balancer',
      'RFC 1918, RFC 4193: private addresses',
    ],
  }),
  notApplicable: (scene) =>
    notCalled(scene) ?? (named(calledPorts(scene)).length > 0 ? undefined : 'no host names are in use'),
  needsHere: () => ['probes'],
  unsettled: (scene) =>
    nameOfTailnet(scene) ?? unprovedCalls(scene, (probe) => probe.names.some(({ outcome }) => outcome !== 'resolved')),
  find(scene): RankedFinding[] {
    const calls = named(calledPorts(scene));
    const faults = groupedCalls(calls, ({ probe }) => `${probe.host} ${probe.address}`).flatMap((group) =>
      group[0]!.probe.names.flatMap((answer) => faultOf(answer, group, scene) ?? []),
    );
    return [...new Map(faults.map((fault) => [`${fault.about} ${fault.fact}`, fault])).values()];
  },
  ...rankedFindings,
});

function named(calls: readonly CalledPort[]): CalledPort[] {
  return calls.filter(({ probe }) => probe.names.length > 0);
}

/** Whether the name of a port in a tailnet is unknown. Only machines of the tailnet resolve such a name. */
function isUnknownOutside({ row, probe }: CalledPort, { name, outcome }: NameAnswer, view: SnapshotIndex): boolean {
  return outcome === 'unknown-name' && name === probe.address && isOfTailnet(row, view);
}

/** Why a name in a tailnet is unknown: only machines of the tailnet resolve it (https://tailscale.com/kb/1081/magicdns). */
function nameOfTailnet(scene: Pick<CheckContext, 'view' | 'subject'>): Unseen | undefined {
  const calls = named(calledPorts(scene));
  const call = calls.find((each) => each.probe.names.some((answer) => isUnknownOutside(each, answer, scene.view)));
  if (!call) return undefined;
  const reason = `${call.probe.address}, the name of ${portsOf([call])} in the tailnet, is known to machines of the tailnet only, and this machine does not resolve it`;
  return { reason, cures: [advice('call it from a machine of the tailnet, with MagicDNS on')] };
}

function faultOf(
  answer: NameAnswer,
  calls: readonly CalledPort[],
  { view, takenAt }: Pick<CheckContext, 'view' | 'takenAt'>,
): RankedFinding | undefined {
  const { row, probe } = calls[0]!;
  const { name, outcome, addresses, code } = answer;
  const finding = (fact: string, severity: Severity, cures: readonly Cure[]): RankedFinding => ({
    about: [clusterKey(row)],
    servicePorts: servicePortsOf(calls),
    objects: row.source,
    evidence: row.source
      .slice(0, 1)
      .map((reference) => fieldOf(reference, `DNS ${name}`, addresses.join(', ') || code)),
    ...{ fact, severity, cures },
  });
  if (outcome !== 'resolved' && isBehindProxy(probe)) return undefined;
  if (isUnknownOutside(calls[0]!, answer, view)) return undefined;
  if (outcome === 'no-answer') {
    const note = 'look at the name servers of this machine, or call from another one';
    return finding(
      `the resolver of this machine does not answer for ${name} (${code}), the name of ${portsOf(calls)}`,
      'error',
      [advice(note)],
    );
  }
  const isOfIngress = name === probe.host && name !== probe.address;
  if (outcome === 'unknown-name') {
    if (isOfIngress)
      return finding(`${name}, the host of ${portsOf(calls)}, is not in DNS`, 'error', recordCures(probe));
    const age = secondsBetween(row.createdAt, takenAt);
    const isNew = age !== undefined && age < newForSeconds;
    const waiting = command`kubectl skyports doctor ${operandOf(row)} ${row.port} -n ${row.namespace} --wait`;
    const note = isNew
      ? 'waits: the name of a new load balancer takes minutes'
      : 'waits: the name of a load balancer that was deleted stays in the status for a while';
    return finding(`${name}, the load balancer of ${portsOf(calls)}, is not in DNS`, isNew ? 'warning' : 'error', [
      cure(waiting, note),
    ]);
  }
  const wanted = addressesOf(probe);
  if (isOfIngress && wanted.length > 0 && !addresses.some((each) => wanted.includes(each))) {
    const fact = `${name}, the host of ${portsOf(calls)}, leads to ${listed(addresses)}, and the port answers at ${probe.address}`;
    return finding(fact, 'warning', recordCures(probe));
  }
  if (addresses.every((each) => scopeOf(each) === 'private')) {
    const fact = `${name} leads to ${listed(addresses)}, private: ${portsOf(calls)} can be called from ${ownNetworkOf(row, view)}`;
    return finding(fact, 'info', [advice('nothing to fix if that is intended')]);
  }
  return undefined;
}

/** The IP addresses where the port answers. The host in its URL does not matter. */
function addressesOf({ address, names }: AddressProbe): readonly string[] {
  return names.find(({ name }) => name === address)?.addresses ?? (scopeOf(address) === null ? [] : [address]);
}

function recordCures({ scheme, host, port, address, path }: AddressProbe): readonly Cure[] {
  const kind = scopeOf(address) === null ? 'CNAME' : address.includes(':') ? 'AAAA' : 'A';
  const record = advice(`make a DNS record: ${host} ${kind} ${address}`);
  if (kind === 'CNAME') return [record];
  const implied = port === (scheme === 'https' ? 443 : 80);
  const url = `${scheme}://${implied ? host : hostAndPort(host, port)}${path}`;
  const place = `${host}:${port}:${address.includes(':') ? `[${address}]` : address}`;
  return [record, cure(command`curl --resolve ${place} ${url}`, 'calls it without a record')];
}
