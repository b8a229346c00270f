import type { Node } from 'kubernetes-types/core/v1';
import { advice, type Cure, command, cure, part } from '../../errors/cure.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { isCidr } from '../../exposure/scope.ts';
import { rangeOf, type SourceRanges, sourceRangesOf } from '../../exposure/source-ranges.ts';
import { allModes } from '../../modes/all-modes.ts';
import { detectPlatforms } from '../../platforms/detect.ts';
import { implementationsOf } from '../../platforms/implementation.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import type { AddressProbe } from '../../snapshot/probe.ts';
import { listed } from '../../snapshot/text.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import type { CheckContext } from '../check-context.ts';
import { exposeCommand } from '../format.ts';
import { announcementOf } from './announcement-of.ts';
import { type PodTrouble, serviceLbTroubleAt } from './announcing-pods.ts';
import { type BalancedService, balancedServices } from './balanced-services.ts';
import { type Admission, admissionOf, ruledElsewhere } from './callers.ts';
import { handlerOf } from './handler.ts';
import { isLost, lostNodeWords } from './lost-node.ts';
import { publicCures, unaskedInternal } from './unasked-internal.ts';

type Judged = Pick<CheckContext, 'view' | 'subject' | 'namespace'>;

/** What is known about an address that does not answer, and the cures. */
export interface Unanswered {
  readonly facts: readonly string[];
  /** The cures. The most likely cure comes first. */
  readonly cures: readonly Cure[];
  /** The cure for a firewall, which comes last; undefined if another fact explains the silence. */
  readonly firewall: Cure | undefined;
  /**
   * Set if the facts alone explain why the address does not answer. The network of this machine then does not matter.
   */
  readonly isSure?: true;
}

/**
 * Explains why an address does not answer. For example, its Service only admits some callers, or a node on the path
 * is not Ready. If no object explains it, a firewall is the likely cause.
 */
export function unanswered(scene: Judged, row: Endpoint, probe: AddressProbe): Unanswered {
  const { address } = probe;
  const balanced = balancedServices(scene).find(({ addresses }) => addresses.includes(address));
  const ranges = balanced && sourceRangesOf(balanced.service);
  if (!balanced || !ranges) {
    const found = unansweredByAll(scene, row, address, balanced);
    const rules = balanced && !found.isSure ? ruledElsewhere(balanced.service) : undefined;
    return rules ? { ...found, facts: [...found.facts, rules] } : found;
  }
  const admission = admissionOf(probe, ranges);
  const fact = `Service ${keyOf(balanced.service)} lets only ${listed(ranges.ranges)} in (${ranges.field})${wordsOf(admission)}`;
  if (admission.kind !== 'let-in') {
    const isSure = admission.kind === 'left-out' && ({ isSure: true } as const);
    return { facts: [fact], cures: widening(balanced, ranges, admission), firewall: undefined, ...isSure };
  }
  const rest = unansweredByAll(scene, row, address, balanced);
  return { ...rest, facts: [fact, ...rest.facts] };
}

function wordsOf(admission: Admission): string {
  switch (admission.kind) {
    case 'left-out':
      return `, and this machine calls it from ${admission.from}, which is in none of them`;
    case 'private-ranges':
      return ', and callers from the internet have other addresses';
    case 'behind-nat':
      return `; this machine (${admission.from}) calls it through NAT, so whether they have the address that the load balancer sees cannot be detected here`;
    case 'let-in':
      return `, and this machine calls it from ${admission.from}, which is in them`;
    case 'unknown':
      return '';
  }
}

/** Explains why an address does not answer although its Service admits the caller. */
function unansweredByAll(
  scene: Judged,
  row: Endpoint,
  address: string,
  balanced: BalancedService | undefined,
): Unanswered {
  const firewall = advice(firewallNote(scene, row, balanced));
  const trouble = troubleAt(scene, address);
  if (trouble) return { facts: [trouble.fact], cures: trouble.cures, firewall: undefined, isSure: true };
  const internal = balanced && unaskedInternal(scene).find(({ service }) => service === balanced.service);
  if (internal) {
    const { service, loadBalancer } = internal;
    const fact = `Service ${keyOf(service)} asks for no scheme, and ${loadBalancer.title} makes internal load balancers then, which only callers of its network reach`;
    return { facts: [fact], cures: publicCures(internal), firewall };
  }
  const { nodes = [], by } = (balanced && announcementOf(balanced, scene.view.snapshot)) ?? {};
  const lost = lostNodesOf(scene, address, [...nodes, ...(balanced?.readyNodes ?? [])]);
  const facts = lost.map(lostNodeWords);
  const cures = lost.map(describeNode);
  if (nodes.length > 0) {
    return { facts: [`${by} announces it from node ${listed(nodes)}`, ...facts], cures, firewall };
  }
  if (lost.length > 0) return { facts, cures, firewall };
  // If src/platforms has no file for the controller, the fields of the Service may still name the controller.
  const handler = balanced && by === undefined ? handlerOf(balanced.service, scene.view) : undefined;
  if (!handler || handler.cures.length === 0) return { facts: [], cures: [], firewall };
  return { facts: [handler.fact], cures: handler.cures, firewall };
}

/**
 * The fault of the ServiceLB Pod that serves an address of a Service. Undefined if this Pod is ready, or if it is not
 * known.
 */
export function troubleAt(scene: Judged, address: string): PodTrouble | undefined {
  const balanced = balancedServices(scene).find(({ addresses }) => addresses.includes(address));
  return balanced && serviceLbTroubleAt(balanced.service, address, scene.view.snapshot);
}

/**
 * The nodes on the path to an address that are not Ready: nodes with this address, and the nodes in `names`. The Pods
 * of such a node still count as ready until the node controller changes their status.
 */
function lostNodesOf({ view }: Judged, address: string, names: readonly string[]): Node[] {
  return itemsOf(view.snapshot.topics.nodes).filter(
    (node) =>
      isLost(node) &&
      (names.includes(node.metadata?.name ?? '') || node.status?.addresses?.some((each) => each.address === address)),
  );
}

function describeNode({ metadata }: Node): Cure {
  return cure(
    command`kubectl describe node ${metadata?.name ?? ''}`,
    'shows why it is not Ready: its kubelet has stopped, or the machine is off',
  );
}

/**
 * Cures that add the caller's own range to the source ranges. SkyPilot's own Service stays: a second Service beside it
 * gets the range.
 */
function widening(
  { service, owner, exposing }: BalancedService,
  { ranges, field }: SourceRanges,
  admission: Admission,
): Cure[] {
  const own = admission.kind === 'left-out' ? rangeOf(admission.from) : 'CIDR';
  const what =
    own === 'CIDR'
      ? 'also lets CIDR in; CIDR stands for the address of this machine as the load balancer sees it'
      : 'lets this machine in, too';
  const valid = ranges.map((range) => (range.includes('/') ? range : rangeOf(range))).filter(isCidr);
  const flags = part`${[...valid, own].flatMap((range) => ['--source-range', range])}`;
  if (exposing && owner === 'kubectl-skyports') {
    return [cure(exposeCommand(exposing.skyCluster, exposing.ports, 'loadbalancer', flags), what)];
  }
  if (exposing && owner === 'skypilot') {
    const beside = part`${flags} --beside-skypilot`;
    return [
      cure(
        exposeCommand(exposing.skyCluster, exposing.ports, 'loadbalancer', beside),
        `makes a load balancer beside SkyPilot's own Service that ${what}`,
      ),
    ];
  }
  if (!field.startsWith('spec.')) {
    return [advice(`add the address of this machine, as the load balancer sees it, to ${field}`)];
  }
  const { name = '', namespace = '' } = service.metadata ?? {};
  const patch = JSON.stringify([{ op: 'add', path: '/spec/loadBalancerSourceRanges/-', value: own }]);
  return [cure(command`kubectl patch service ${name} -n ${namespace} --type=json -p ${patch}`, what)];
}

function firewallNote({ view }: Judged, { mode }: Endpoint, balanced: BalancedService | undefined): string {
  const usual = allModes[mode].firewallAdvice ?? 'open the port in every firewall on the way';
  if (balanced?.service.spec?.type !== 'LoadBalancer') return usual;
  const makers = implementationsOf(balanced.service, detectPlatforms(view.snapshot)).map(({ what }) => what);
  if (makers.length === 0) return usual;
  if (makers.every(({ sharesNodePorts, isLocalOnly }) => sharesNodePorts && !isLocalOnly)) {
    return 'nothing that was seen explains it: open the port in the firewall or security group of the nodes';
  }
  if (makers.every(({ defaultScheme }) => defaultScheme === 'pool')) {
    return 'nothing that was seen explains it: this machine needs a route to the network of the nodes, and every firewall on the way must allow the port';
  }
  return usual;
}
