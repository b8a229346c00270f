import type { Service } from 'kubernetes-types/core/v1';
import type { IngressClass } from 'kubernetes-types/networking/v1';
import { advice, type Cure, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { controllerService } from '../../skypilot/names.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { type Manifest, mustNotExist } from '../../snapshot/plan.ts';
import type { Observation } from '../../snapshot/topics.ts';
import { controllerNamed } from '../controllers/ingress-controllers.ts';
import {
  isSignpost,
  isSignpostClass,
  signpostIngressClass,
  signpostService,
  signpostStatus,
  skyPilotIngressClass,
} from '../controllers/signpost.ts';
import { fieldManager, managedByLabel } from '../ownership.ts';
import { ownedFieldsOf, sameValue } from './owned-fields.ts';

/** The live objects that determine the plan. */
export interface SignpostState {
  /** The Service with the name that SkyPilot reads. */
  readonly service: Service | undefined;
  /** Whether the namespace ingress-nginx exists. Also true if the user cannot read it. */
  readonly namespaceExists: boolean;
  readonly ingressClasses: Observation<IngressClass>;
}

/** The options of `--signpost`. */
export interface SignpostRequest {
  readonly address: string;
  /** The IngressClass of the real controller, if the user named one. */
  readonly ingressClass: string | undefined;
  /** Whether to write even if the controller does not serve SkyPilot's Ingresses. */
  readonly force: boolean;
}

/** One object of a signpost. If `status` is set, the status is written after the object. */
export interface SignpostWrite {
  readonly kind: 'Namespace' | 'Service' | 'IngressClass';
  readonly effect: 'created' | 'changed' | 'unchanged';
  /** The manifest. It contains the resourceVersion of the live object from which it was planned. */
  readonly manifest: Manifest;
  readonly status?: object;
}

/** A fact for the user, and its cures. */
export interface SignpostNote {
  readonly fact: string;
  readonly cures: readonly Cure[];
}

/** The objects that `--signpost` would write, in this order, and notes for the user. */
export interface SignpostPlan {
  readonly writes: readonly SignpostWrite[];
  readonly notes: readonly SignpostNote[];
}

/**
 * Plans a signpost with this address.
 *
 * @throws UsageError if a Service of another owner has the signpost's name, if the class cannot be detected, or if the
 * controller does not serve SkyPilot's Ingresses
 */
export function planSignpost(
  { service, namespaceExists, ingressClasses }: SignpostState,
  request: SignpostRequest,
): SignpostPlan {
  if (service && !isSignpost(service)) {
    throw new UsageError(
      'foreign-object',
      `Service ${keyOf(service)} exists already and was not made by kubectl skyports: SkyPilot reads it, so there is no place for a signpost`,
      [cure(command`kubectl skyports annotate ${request.address}`, 'sets the address on the Service that exists')],
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
      ...(namespaceExists ? [] : [newObject('Namespace', namespace)]),
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
    const fact = `warning: ingressclasses were not seen (${seen.message}); SkyPilot opens ports only if there is an IngressClass ${skyPilotIngressClass}`;
    const look = command`kubectl get ingressclass ${skyPilotIngressClass}`;
    return { writes: [], notes: [{ fact, cures: [cure(look, 'shows whether it exists')] }] };
  }
  const { items } = seen;
  const present = items.find(({ metadata }) => metadata?.name === skyPilotIngressClass);
  const real = request.ingressClass === undefined ? undefined : classNamed(items, request);
  if (present) {
    if (real && real.spec?.controller !== present.spec?.controller) throw cannotChangeClass(present, request);
    return { writes: [], notes: annotationsRead(present, request) };
  }
  const chosen = real ?? onlyClass(items, request.address);
  const { name } = chosen.metadata ?? {};
  const fact = `IngressClass ${skyPilotIngressClass}, which SkyPilot's Ingresses name, does not exist; it gets the controller of IngressClass ${name}, ${chosen.spec?.controller}`;
  const notes = [{ fact, cures: [] }, ...annotationsRead(chosen, request)];
  return { writes: [newObject('IngressClass', signpostIngressClass(chosen))], notes };
}

/**
 * With `--force`, a warning if the controller ignores the annotations of nginx; otherwise empty.
 *
 * @throws UsageError for such a controller without `--force`
 */
function annotationsRead({ spec }: IngressClass, { force }: SignpostRequest): SignpostNote[] {
  const known = controllerNamed(spec?.controller);
  if (known?.readsNginxAnnotations !== false) return [];
  const fact = `${known.product} does not read nginx.ingress.kubernetes.io annotations, and SkyPilot's Ingresses need use-regex and rewrite-target`;
  const expose = command`kubectl skyports expose SKYCLUSTER PORT --mode loadbalancer`;
  const cures = [cure(expose, 'opens PORT of SKYCLUSTER without an Ingress')];
  if (force) return [{ fact: `warning: ${fact}`, cures }];
  const anyway = advice('add --force to make the signpost all the same');
  throw new UsageError('controller-ignores-annotations', fact, [...cures, anyway]);
}

function cannotChangeClass(present: IngressClass, { address }: SignpostRequest): UsageError {
  return new UsageError(
    'immutable-ingress-class',
    `IngressClass ${skyPilotIngressClass} exists already, for the controller ${present.spec?.controller}, and Kubernetes refuses to change that`,
    [
      isSignpostClass(present)
        ? cure(command`kubectl skyports annotate --remove-signpost`, 'removes the signpost with its class first')
        : cure(
            command`kubectl skyports annotate --signpost ${address}`,
            'leaves --ingress-class out: SkyPilot uses the class that exists',
          ),
    ],
  );
}

function classNamed(items: readonly IngressClass[], { ingressClass: name, address }: SignpostRequest): IngressClass {
  const found = items.find(({ metadata }) => metadata?.name === name);
  if (found) return found;
  const names = items.flatMap(({ metadata }) => metadata?.name ?? []);
  throw new UsageError(
    'unknown-ingress-class',
    `IngressClass ${name} does not exist; existing classes: ${names.slice(0, 5).join(', ') || 'none'}`,
    names.slice(0, 5).map((each) => cure(withClass(address, each))),
  );
}

function onlyClass(items: readonly IngressClass[], address: string): IngressClass {
  const [first] = items;
  if (!first) {
    throw new UsageError(
      'no-ingress-class',
      "there is no IngressClass: no ingress controller would serve SkyPilot's Ingresses, wherever a signpost points",
      [
        advice('install an ingress controller first'),
        cure(command`kubectl get ingressclass`, 'shows when its class exists'),
      ],
    );
  }
  if (items.every(({ spec }) => spec?.controller === first.spec?.controller)) return first;
  const names = items.map(({ metadata, spec }) => `${metadata?.name} (${spec?.controller})`);
  const reads = ({ spec }: IngressClass) => controllerNamed(spec?.controller)?.readsNginxAnnotations;
  const suited = [...items.filter(reads), ...items.filter((each) => reads(each) === undefined)];
  throw new UsageError(
    'ambiguous-ingress-class',
    `IngressClass ${skyPilotIngressClass} does not exist, and classes of several controllers do: ${names.join(', ')}`,
    (suited.length > 0 ? suited : items)
      .slice(0, 5)
      .map(({ metadata, spec }) =>
        cure(withClass(address, metadata?.name ?? ''), `if ${spec?.controller} has that address`),
      ),
  );
}

function withClass(address: string, name: string) {
  return command`kubectl skyports annotate --signpost ${address} --ingress-class ${name}`;
}
