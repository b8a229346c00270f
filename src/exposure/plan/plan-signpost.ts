import type { Service } from 'kubernetes-types/core/v1';
import type { IngressClass } from 'kubernetes-types/networking/v1';
import { UsageError } from '../../errors/usage-error.ts';
import { controllerService } from '../../skypilot/names.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { type Manifest, mustNotExist } from '../../snapshot/plan.ts';
import type { Observation } from '../../snapshot/topics.ts';
import { controllerNamed } from '../ingress-controllers.ts';
import { fieldManager, managedByLabel } from '../ownership.ts';
import {
  isSignpost,
  isSignpostClass,
  signpostIngressClass,
  signpostService,
  signpostStatus,
  skyPilotIngressClass,
} from '../signpost.ts';
import { ownedFieldsOf } from './owned-fields.ts';
import { sameValue } from './same-value.ts';

/** What is there now. */
export interface SignpostScene {
  /** Where SkyPilot looks. */
  readonly service: Service | undefined;
  /** Whether the namespace ingress-nginx is there; true as well when it may not be read. */
  readonly namespaceIsThere: boolean;
  readonly ingressClasses: Observation<IngressClass>;
}

/** What `--signpost` was asked. */
export interface SignpostRequest {
  readonly address: string;
  /** The class of the real controller, where there are several. */
  readonly ingressClass: string | undefined;
}

/** One object of a signpost; `status`, where given, is written after it. */
export interface SignpostWrite {
  readonly kind: 'Namespace' | 'Service' | 'IngressClass';
  readonly effect: 'created' | 'changed' | 'unchanged';
  /** With the resourceVersion it was planned from. */
  readonly manifest: Manifest;
  readonly status?: object;
}

/** What `--signpost` would write, in the order it has to be written, and what the user should know. */
export interface SignpostPlan {
  readonly writes: readonly SignpostWrite[];
  readonly notes: readonly string[];
}

/** Plans a signpost with this address. @throws UsageError where a Service of somebody else's has the name, or the class cannot be told */
export function planSignpost(
  { service, namespaceIsThere, ingressClasses }: SignpostScene,
  request: SignpostRequest,
): SignpostPlan {
  if (service && !isSignpost(service)) {
    throw new UsageError(
      `Service ${keyOf(service)} is there already and was not made by kubectl skyports: SkyPilot reads it, so a signpost has no place`,
      `kubectl skyports annotate ${request.address}`,
    );
  }
  const classPart = planIngressClass(ingressClasses, request);
  const namespace: Manifest = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: controllerService.namespace, labels: { [managedByLabel]: fieldManager } },
  };
  return {
    writes: [
      ...(namespaceIsThere ? [] : [newObject('Namespace', namespace)]),
      ...classPart.writes,
      planService(service, request.address),
    ],
    notes: classPart.notes,
  };
}

function newObject(kind: SignpostWrite['kind'], manifest: Manifest): SignpostWrite {
  const metadata = { ...manifest.metadata, resourceVersion: mustNotExist };
  return { kind, effect: 'created', manifest: { ...manifest, metadata } };
}

function planService(live: Service | undefined, address: string): SignpostWrite {
  const status = signpostStatus(address);
  const wanted = signpostService();
  if (!live) return { ...newObject('Service', wanted), status };
  const { apiVersion, kind, ...fields } = wanted;
  const isCurrent = sameValue(ownedFieldsOf(live), fields) && sameValue(live.status?.loadBalancer, status.loadBalancer);
  const metadata = { ...wanted.metadata, resourceVersion: live.metadata?.resourceVersion ?? '' };
  return { kind: 'Service', effect: isCurrent ? 'unchanged' : 'changed', manifest: { ...wanted, metadata }, status };
}

function planIngressClass(seen: Observation<IngressClass>, request: SignpostRequest): SignpostPlan {
  if (!seen.observed) {
    const note = `warning: ingressclasses were not seen (${seen.message}); SkyPilot opens ports only when there is an IngressClass ${skyPilotIngressClass}: kubectl get ingressclass ${skyPilotIngressClass}`;
    return { writes: [], notes: [note] };
  }
  const { items } = seen;
  const present = items.find(({ metadata }) => metadata?.name === skyPilotIngressClass);
  const real = request.ingressClass === undefined ? undefined : classNamed(items, request.ingressClass);
  if (present) {
    if (real && real.spec?.controller !== present.spec?.controller) {
      throw new UsageError(
        `IngressClass ${skyPilotIngressClass} is there already, for the controller ${present.spec?.controller}, and Kubernetes refuses to change that`,
        isSignpostClass(present)
          ? 'kubectl skyports annotate --remove-signpost   first'
          : 'leave --ingress-class out: SkyPilot uses the class that is there',
      );
    }
    return { writes: [], notes: warningOf(present) };
  }
  const chosen = real ?? onlyClass(items, request.address);
  const { name } = chosen.metadata ?? {};
  const note = `IngressClass ${skyPilotIngressClass}, which SkyPilot's Ingresses name, is not there; it gets the controller of IngressClass ${name}, ${chosen.spec?.controller}`;
  return { writes: [newObject('IngressClass', signpostIngressClass(chosen))], notes: [note, ...warningOf(chosen)] };
}

function warningOf({ spec }: IngressClass): string[] {
  const known = controllerNamed(spec?.controller);
  if (known?.readsNginxAnnotations !== false) return [];
  return [
    `warning: ${known.product} does not read nginx.ingress.kubernetes.io annotations, and SkyPilot's Ingresses need use-regex and rewrite-target; kubectl skyports expose SKYCLUSTER PORT --mode loadbalancer   does without`,
  ];
}

function classNamed(items: readonly IngressClass[], name: string): IngressClass {
  const found = items.find(({ metadata }) => metadata?.name === name);
  if (found) return found;
  const names = items.map(({ metadata }) => metadata?.name).join(', ') || 'none';
  throw new UsageError(
    `--ingress-class ${name}: there is no such IngressClass; there is ${names}`,
    'name one of these',
  );
}

function onlyClass(items: readonly IngressClass[], address: string): IngressClass {
  const [first] = items;
  if (!first) {
    throw new UsageError(
      "there is no IngressClass: no ingress controller would serve SkyPilot's Ingresses, wherever a signpost points",
      'install an ingress controller first; kubectl get ingressclass   shows when its class is there',
    );
  }
  if (items.every(({ spec }) => spec?.controller === first.spec?.controller)) return first;
  const names = items.map(({ metadata, spec }) => `${metadata?.name} (${spec?.controller})`);
  const likely = items.find(({ spec }) => controllerNamed(spec?.controller)?.readsNginxAnnotations) ?? first;
  throw new UsageError(
    `IngressClass ${skyPilotIngressClass} is not there, and classes of several controllers are: ${names.join(', ')}`,
    `kubectl skyports annotate --signpost ${address} --ingress-class ${likely.metadata?.name}   or the one whose controller has the address`,
  );
}
