import type { Service } from 'kubernetes-types/core/v1';
import { advice, type CommandPart, type Cure, command, cure, part } from '../../errors/cure.ts';
import { unexposeCommand } from '../../exposure/plan/unexpose-command.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { detectPlatforms } from '../../platforms/detect.ts';
import { implementationOf } from '../../platforms/implementation.ts';
import type { EventExplanation } from '../../platforms/platform.ts';
import { explicitScheme } from '../../platforms/scheme.ts';
import { operandOf } from '../../skypilot/operand.ts';
import type { ObjectReference } from '../../snapshot/object-reference.ts';
import { exposeCommand } from '../format.ts';
import type { ExposingService } from './exposing-services.ts';

/** The cures of an explained event. A command that fixes the fault ranks above a command that shows more. */
export function curesOfExplanation(
  exposed: ExposingService,
  explanation: EventExplanation,
  view: Pick<SnapshotIndex, 'snapshot'>,
): readonly Cure[] {
  const { flags, mostPorts, without, scheme, advice: words, look } = explanation;
  const looks = look ? [look] : [];
  if (flags || mostPorts || without || scheme) return [...againWith(exposed, explanation, view), ...looks];
  return [...looks, ...(words === '' ? [] : [advice(words)])];
}

/**
 * The cures of an explained event, for an object that `expose` does not write: an Ingress, or the Service of a
 * controller.
 */
export function curesInWords(
  { flags, without, scheme, advice: words, look }: EventExplanation,
  { kind, namespace, name }: ObjectReference,
): readonly Cure[] {
  // In explanations, annotations are flags of `expose`. Here they become a patch, which also replaces an existing
  // value.
  const set = [...(flags?.text?.matchAll(/--annotation (\S+)/g) ?? [])].map(([, each]) => each!.replaceAll("'", ''));
  const annotations = Object.fromEntries([
    ...set.map((each) => each.split(/=(.*)/s, 2) as [string, string]),
    ...(without ? [[without, null] as const] : []),
  ]);
  const isKnown = kind === 'Service' && Object.keys(annotations).length > 0;
  const patch = JSON.stringify({ metadata: { annotations } });
  const patching = command`kubectl patch service ${name} -n ${namespace} --type=merge -p ${patch}`;
  const annotated = isKnown ? [cure(patching, words === '' ? 'fixes it' : words)] : [];
  // If there are no flags, only a new Service helps.
  const again = flags?.text === '' ? 'make the Service again' : '';
  const told = [again, words].filter((each) => each !== '').join(', ');
  const made = scheme ? [advice(`make it ${scheme}, with the annotation of its platform`)] : [];
  return [
    ...annotated,
    ...(look ? [look] : []),
    ...made,
    ...(told === '' || annotated.length > 0 ? [] : [advice(told)]),
  ];
}

/**
 * Cures that create a load balancer with other flags. A Service of this plugin is changed, or created again if it
 * cannot be changed. A Service of another owner stays, and gets a second Service beside it. The second Service has the
 * same scheme, unless this scheme is the fault.
 */
function againWith(
  { owner, skyCluster, ports, service }: ExposingService,
  { flags, mostPorts, without, scheme, needsNewService, advice: words }: EventExplanation,
  { snapshot }: Pick<SnapshotIndex, 'snapshot'>,
): readonly Cure[] {
  const few = ports.slice(0, mostPorts);
  const expose = (more: CommandPart) => exposeCommand(skyCluster, few, 'loadbalancer', more);
  const noted = (what: string) => (words === '' ? what : `${what}; ${words}`);
  if (owner !== 'kubectl-skyports') {
    const known = implementationOf(service, detectPlatforms(snapshot));
    const annotations = service.metadata?.annotations ?? {};
    const same = known && explicitScheme(known, { annotations, loadBalancerClass: service.spec?.loadBalancerClass });
    const all = [flags, schemePart(scheme ?? same), owner === 'skypilot' && part`--beside-skypilot`].filter(
      (each) => !!each && each.text !== '',
    );
    const [first = part``, second, third] = all;
    const whose = owner === 'skypilot' ? "SkyPilot's" : 'it';
    const beside = cure(
      expose(part`${first} ${second} ${third}`),
      noted(`creates a load balancer without this fault beside ${whose}`),
    );
    if (owner !== 'skypilot' || !scheme || known?.notBySkyPilot?.[scheme]) return [beside];
    return [
      beside,
      cure(command`kubectl skyports config scheme ${scheme}`, `makes those of new SkyPilot clusters ${scheme}`),
    ];
  }
  if (mostPorts !== undefined) return closingCures(exposedBeyond(service, mostPorts), skyCluster, noted);
  const fixed = flags ?? schemePart(scheme) ?? part`--annotation ${`${without}-`}`;
  if (!needsNewService && !scheme) return [cure(expose(fixed), noted('fixes it'))];
  return [
    cure(
      unexposeCommand(skyCluster, 'loadbalancer'),
      'first: deletes the Service, which cannot be changed in this way',
    ),
    cure(expose(fixed), noted('then: creates it again without this fault')),
  ];
}

function schemePart(scheme: 'internal' | 'public' | undefined): CommandPart | undefined {
  return scheme && part`--scheme ${scheme}`;
}

/** The Service ports after the first `most` ports. */
function exposedBeyond({ spec }: Service, most: number): number[] {
  return (spec?.ports ?? []).slice(most).map(({ port }) => port);
}

function closingCures(
  ports: readonly number[],
  skyCluster: ExposingService['skyCluster'],
  noted: (what: string) => string,
): Cure[] {
  const closing = command`kubectl skyports unexpose ${operandOf(skyCluster)} ${ports} -n ${skyCluster.namespace} --mode loadbalancer`;
  return [cure(closing, noted('closes the ports above the limit'))];
}
