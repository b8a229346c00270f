import { advice, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { controllerNamed } from '../../exposure/controllers/ingress-controllers.ts';
import type { IngressController } from '../../exposure/controllers/known-controllers.ts';
import { type Limits, passwordSecretOf } from '../../exposure/plan/access.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { needsNoRewrite, type Route } from './routes.ts';

/** How the controller of an IngressClass handles an Ingress. */
export interface JudgedClass {
  readonly readsNginxAnnotations: boolean;
  /** The product; undefined if it is unknown. */
  readonly controller: IngressController | undefined;
  readonly warnings: readonly string[];
}

/**
 * Finds out whether the controller of a class can serve the routes, and whether it applies the limits.
 *
 * @throws UsageError if it cannot, or if this is unknown and the user did not add `--force`
 */
export function judgeClass(
  view: SnapshotIndex,
  className: string,
  { routes, limits }: { readonly routes: readonly Route[]; readonly limits: Limits },
  { force }: ExposeRequest,
): JudgedClass {
  const { ingressClasses } = view.snapshot.topics;
  if (!ingressClasses.observed) {
    const unseen = `ingressclasses were not seen (${ingressClasses.message})`;
    if (hasLimits(limits) && !force)
      refuseUnknown(`${unseen}: the controller of class ${className} is unknown`, limits);
    const warning = `${unseen}: class ${className} is assumed to be ingress-nginx's`;
    return { readsNginxAnnotations: true, controller: undefined, warnings: [warning] };
  }
  const found = ingressClasses.items.find(({ metadata }) => metadata?.name === className);
  if (!found && !force) {
    const names = ingressClasses.items.map(({ metadata }) => metadata?.name);
    throw new UsageError(
      'unknown-ingress-class',
      `IngressClass ${className} does not exist${names.length > 0 ? `; existing classes: ${names.join(', ')}` : ', nor does any other: no ingress controller is installed'}`,
      [
        advice(
          names.length > 0 ? `add --ingress-class ${names[0]}` : 'add --mode loadbalancer or --mode nodeport instead',
        ),
        ...(names.length > 0
          ? []
          : [cure(command`kubectl skyports doctor --mode ingress`, 'shows how to install a controller')]),
      ],
    );
  }
  const controller = found?.spec?.controller;
  const known = controllerNamed(controller);
  const hostless = routes.find(({ host }) => host === undefined);
  if (known?.withoutHost && hostless && !force) {
    throw new UsageError(
      'controller-needs-host',
      `IngressClass ${className} belongs to ${known.product}: ${known.withoutHost}`,
      [
        advice(`add --host app.example.com to give port ${hostless.port} its own host`),
        advice('or add --force to write the Ingress all the same'),
      ],
    );
  }
  if (hasLimits(limits) && known && !known.readsNginxAnnotations) refuseIgnored(className, known.product, limits);
  if (hasLimits(limits) && found && !known && !force) {
    refuseUnknown(`IngressClass ${className} belongs to ${controller}, which may not read nginx annotations`, limits);
  }
  const rewrites = !routes.every(needsNoRewrite);
  const readsNginxAnnotations =
    !found || known?.readsNginxAnnotations === true || (force && (rewrites || hasLimits(limits)));
  if (!readsNginxAnnotations && rewrites) {
    const product = known?.product;
    throw new UsageError(
      'controller-cannot-rewrite',
      `IngressClass ${className} belongs to ${product ?? controller}, which ${product ? 'does not read nginx annotations, so it cannot' : 'may not read nginx annotations, and without them it cannot'} take the path prefix away`,
      [
        advice('add --host app.example.com to give the port its own host'),
        advice('or add --rewrite keep to let the app see the whole path'),
        ...(product ? [] : [advice('or add --force if it is an ingress-nginx')]),
      ],
    );
  }
  return { readsNginxAnnotations, controller: known, warnings: [] };
}

function hasLimits(limits: Limits): boolean {
  return Object.keys(limits).length > 0;
}

/** What happens to callers if the controller ignores the limits. */
function withoutLimits(limits: Limits): string {
  return passwordSecretOf(limits) === undefined ? 'it would let every caller in' : 'it would ask for no password';
}

const otherWays = [
  'name the class of ingress-nginx, or of Traefik with its nginx provider: --ingress-class NAME',
  "or let the app ask callers itself: --api-key of vLLM and SGLang, Jupyter's token",
  'or add --mode loadbalancer --source-range CIDR to limit who can connect',
] as const;

function refuseIgnored(className: string, product: string, limits: Limits): never {
  throw new UsageError(
    'controller-ignores-limits',
    `IngressClass ${className} belongs to ${product}, which does not read nginx annotations: ${withoutLimits(limits)}`,
    otherWays.map((each) => advice(each)),
  );
}

function refuseUnknown(fact: string, limits: Limits): never {
  throw new UsageError('controller-may-ignore-limits', `${fact}: perhaps ${withoutLimits(limits)}`, [
    advice('add --force if it is an ingress-nginx'),
    ...otherWays.map((each) => advice(`or ${each.replace(/^or /, '')}`)),
  ]);
}
