import { advice, type Cure, command, cure, part } from '../../errors/cure.ts';
import { ingressNginxController } from '../../exposure/controllers/known-controllers.ts';
import type { WithMetadata } from '../../snapshot/object-reference.ts';

/**
 * The name of the class that the printed steps create for Traefik's nginx provider. `annotate --signpost` creates
 * another class with the same controller, named `nginx`.
 */
export const providerClass = 'traefik-nginx';

/** The key of the nginx provider in the chart's values. The chart uses this name since version 41. */
const provider = 'providers.kubernetesIngressNGINX';

/** The IngressClass of Traefik's nginx provider. The provider serves every class with this controller. */
const classManifest = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: providerClass },
  spec: { controller: ingressNginxController },
};

/** The options for an install of Traefik. */
export interface TraefikInstall {
  /** True if nothing gives Traefik's Service an address. Traefik then listens on ports 80 and 443 of its nodes. */
  readonly onHostPorts: boolean;
  /**
   * Whether Traefik writes its address into Ingresses. Traefik must not do this if another controller also does: each
   * would overwrite the other's address again and again.
   */
  readonly writesStatus: boolean;
  /** Whether the chart also creates an IngressClass for the nginx provider. */
  readonly makesClass: boolean;
}

/** The command that installs Traefik with its nginx provider, from the chart of the Traefik project. */
export function installTraefik({ onHostPorts, writesStatus, makesClass }: TraefikInstall): Cure {
  const values = [
    `${provider}.enabled=true`,
    ...(writesStatus && !onHostPorts ? [`${provider}.publishService.enabled=true`] : []),
    'ingressClass.isDefaultClass=false',
    ...(onHostPorts ? ['service.spec.type=ClusterIP', 'ports.web.hostPort=80', 'ports.websecure.hostPort=443'] : []),
  ].join(',');
  const objects = makesClass && ['--set-json', `extraObjects=${JSON.stringify([classManifest])}`];
  return cure(
    command`helm upgrade --install traefik traefik --repo https://traefik.github.io/charts --namespace traefik --create-namespace --set ${values} ${objects}`,
    'installs Traefik, which is maintained, with its nginx provider, which reads nginx.ingress.kubernetes.io annotations',
  );
}

/**
 * The command that turns on the nginx provider in the Traefik of K3s or RKE2.
 * @param service `NAMESPACE/NAME` of Traefik's Service; Traefik then writes the address of this Service into
 * Ingresses
 * @param makesClass whether the command also creates a class for the provider
 */
export function enableBundledTraefik(
  chart: 'traefik' | 'rke2-traefik',
  service: string | undefined,
  makesClass: boolean,
): Cure {
  const flag = '--providers.kubernetesingressnginx';
  const flags = [flag, ...(service ? [`${flag}.publishservice=${service}`] : [])];
  const config = {
    apiVersion: 'helm.cattle.io/v1',
    kind: 'HelmChartConfig',
    metadata: { name: chart, namespace: 'kube-system' },
    // The YAML has no quotes: quotes would need backslashes in JSON, and zsh's echo interprets backslashes.
    spec: { valuesContent: `additionalArguments: [${flags.join(', ')}]` },
  };
  const list = JSON.stringify(makesClass ? { apiVersion: 'v1', kind: 'List', items: [config, classManifest] } : config);
  return cure(
    command`echo ${list} | kubectl create -f -`,
    `turns on the nginx provider of its Traefik; if a HelmChartConfig ${chart} exists already, add the arguments to it`,
  );
}

/** The command that turns on the nginx provider in the Traefik of a Helm release. */
export function enableTraefik({ name, namespace }: HelmRelease): Cure {
  const values = `${provider}.enabled=true,${provider}.publishService.enabled=true`;
  return cure(
    command`helm upgrade ${name} traefik --repo https://traefik.github.io/charts --namespace ${namespace} --reset-then-reuse-values --set ${values}`,
    'turns on the nginx provider of the installed Traefik; it takes the newest chart',
  );
}

/**
 * The command that creates an IngressClass.
 * @param serves the name of the controller, for the note
 */
export function makeClass(name: string, controller: string, serves: string): Cure {
  const manifest = { ...classManifest, metadata: { name }, spec: { controller } };
  return cure(command`echo ${JSON.stringify(manifest)} | kubectl create -f -`, `makes a class that ${serves} serves`);
}

/**
 * The command that shows SkyPilot the address of a controller, if SkyPilot does not read the controller's own Service.
 * @param className a class of the controller; the command also creates the class `nginx` with this controller;
 * undefined if the existing class `nginx` needs no change
 */
export function signpostTo(address: string | undefined, className: string | undefined): Cure {
  const what = `makes what SkyPilot looks for: ${className ? 'the class nginx, and ' : ''}a Service with`;
  const note = address ? `${what} this address` : `${what} ADDRESS, where port 80 of the controller answers`;
  const flag = className === undefined ? undefined : part`--ingress-class ${className}`;
  return cure(command`kubectl skyports annotate --signpost ${address ?? 'ADDRESS'} ${flag}`, note);
}

/**
 * The command that deletes a class of another controller. The class cannot be changed, because `spec.controller` is
 * immutable.
 */
export function removeClass(name: string): Cure {
  return cure(
    command`kubectl delete ingressclass ${name} --interactive`,
    'removes the class of the other controller, since a class cannot be changed; its Ingresses go to the new one',
  );
}

/** The first release of Traefik with the nginx provider (https://doc.traefik.io/traefik/migrate/nginx-to-traefik/). */
export const firstProviderRelease = '3.6.2';

/** The advice for a Traefik without the nginx provider. */
export const updateTraefik = (version: string): Cure =>
  advice(`update Traefik first: ${version} has no nginx provider yet, ${firstProviderRelease} has one`);

export interface HelmRelease {
  readonly name: string;
  readonly namespace: string;
}

/** The Helm release of an object; undefined if Helm did not install it. */
export function releaseOf({ metadata }: WithMetadata): HelmRelease | undefined {
  const { annotations = {} } = metadata ?? {};
  const name = annotations['meta.helm.sh/release-name'];
  const namespace = annotations['meta.helm.sh/release-namespace'];
  return name && namespace ? { name, namespace } : undefined;
}
