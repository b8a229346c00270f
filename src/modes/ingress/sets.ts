import type { Ingress } from 'kubernetes-types/networking/v1';
import { ownAuthSecretName, ownIngressName } from '../../exposure/ownership.ts';
import {
  type Limits,
  limitsIn,
  limitsText,
  passwordLimits,
  sameLimits,
  withoutPassword,
  withRanges,
} from '../../exposure/plan/access.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import { noChanges, withMetadata } from '../../exposure/plan/manifest.ts';
import type { PortMapping } from '../../exposure/port-mapping.ts';
import { onlyRedirects, portsOfIngress, setNameOf } from './own-ingresses.ts';

/**
 * The ports that share one of our Ingresses, because the same callers may call them. The annotations that limit callers
 * apply to all paths of an Ingress.
 */
export interface IngressSet {
  /** The name of the set, a DNS label such as `auth`. It is a suffix of the Ingress's name. Empty for the usual set. */
  readonly name: string;
  /** The limits to write; undefined if those of the Ingress stay as they are. */
  readonly limits: Limits | undefined;
  /** The requested ports of this set. */
  readonly ports: readonly PortMapping[];
}

/**
 * The requested ports, by the set that each port will be in. A port stays in its set if the request changes no limits.
 * Otherwise, it moves to the set with its new limits. `--annotation` can change limits, too. If the request names all
 * ports of an Ingress, such a change applies to this Ingress. Otherwise, the named ports move, so that the limits of
 * other ports stay.
 *
 * @param own our Ingresses of this SkyPilot cluster
 */
export function setsOf(own: readonly Ingress[], request: ExposeRequest): IngressSet[] {
  const serving = own.filter((each) => !onlyRedirects(each));
  const { nameOnCloud } = request.skyCluster;
  const changes = request.auth !== undefined || request.sourceRanges !== undefined;
  const asked = new Set(request.ports.map(({ servicePort }) => servicePort));
  const sets = new Map<string, { readonly limits: Limits | undefined; readonly ports: PortMapping[] }>();
  for (const port of request.ports) {
    const holder = holderOf(port, serving);
    const usual = serving.find(({ metadata }) => metadata?.name === ownIngressName(nameOnCloud));
    // A new port joins the usual set, so its limits are those of this set.
    const present = holder ?? usual;
    const before = limitsIn(present?.metadata?.annotations);
    const after = annotatedLimits(changedLimits(before, request), request);
    const isShared = present !== undefined && portsOfIngress(present).some((each) => !asked.has(each));
    const limits = changes || (isShared && !sameLimits(before, after)) ? after : undefined;
    const name = limits ? nameFor(limits, serving, nameOnCloud) : holder ? setNameOf(holder, nameOnCloud) : '';
    const set = sets.get(name) ?? { limits, ports: [] };
    set.ports.push(port);
    sets.set(name, set);
  }
  return [...sets].map(([name, set]) => ({ name, ...set }));
}

/**
 * The Ingress that has the port. After two calls of `expose` at the same time, two Ingresses may have it. Then the one
 * with more limits counts, so a call that requests no limits removes none.
 */
function holderOf({ servicePort }: PortMapping, serving: readonly Ingress[]): Ingress | undefined {
  const countOf = ({ metadata }: Ingress) => Object.keys(limitsIn(metadata?.annotations)).length;
  const holders = serving.filter((each) => portsOfIngress(each).includes(servicePort));
  return holders.sort((a, b) => countOf(b) - countOf(a))[0];
}

function changedLimits(present: Limits, { auth, sourceRanges, skyCluster }: ExposeRequest): Limits {
  const ranged = sourceRanges ? withRanges(present, sourceRanges) : present;
  if (!auth) return ranged;
  const open = withoutPassword(ranged);
  if (auth.is === 'none') return open;
  return { ...open, ...passwordLimits(auth.secret ?? ownAuthSecretName(skyCluster.nameOnCloud)) };
}

/** The limits after the changes of `--annotation`. */
function annotatedLimits(limits: Limits, { annotations }: ExposeRequest): Limits {
  const changed = withMetadata({ metadata: { annotations: limits } }, annotations, noChanges);
  return limitsIn(changed.metadata?.annotations);
}

/** The name of the set with these limits. An existing set keeps its name. */
function nameFor(limits: Limits, serving: readonly Ingress[], nameOnCloud: string): string {
  const existing = serving.find((each) => sameLimits(limitsIn(each.metadata?.annotations), limits));
  if (existing) return setNameOf(existing, nameOnCloud);
  const taken = new Set(serving.map((each) => setNameOf(each, nameOnCloud)));
  const hash = hashOf(limitsText(limits));
  const isPassword = sameLimits(limits, passwordLimits(ownAuthSecretName(nameOnCloud)));
  const names = [...(Object.keys(limits).length === 0 ? [''] : []), ...(isPassword ? ['auth'] : []), `limits-${hash}`];
  for (let copy = 2; ; copy++) {
    const free = names.find((each) => !taken.has(each));
    if (free !== undefined) return free;
    names.push(`limits-${hash}-${copy}`);
  }
}

/** A short hash of a text: FNV-1a with 32 bits, in hexadecimal. It only has to tell a few sets apart. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}
