import type { Pod, Service } from 'kubernetes-types/core/v1';
import { advice, type Cure, command, cure, part } from '../../errors/cure.ts';
import { controllerNamed } from '../../exposure/controllers/ingress-controllers.ts';
import { ingressNginxController } from '../../exposure/controllers/known-controllers.ts';
import { nodeCandidates } from '../../exposure/controllers/node-candidates.ts';
import { isSignpost, skyPilotIngressClass } from '../../exposure/controllers/signpost.ts';
import { externalAddressesOf } from '../../exposure/external-addresses.ts';
import { isReady } from '../../exposure/pod-trouble.ts';
import { detectPlatforms } from '../../platforms/detect.ts';
import { openshift } from '../../platforms/distributions/openshift.ts';
import { compareVersions } from '../../platforms/ingress-nginx-releases.ts';
import { nothingGivesAddresses } from '../../platforms/missing-implementation.ts';
import { loadBalancersFor } from '../../platforms/scheme.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import type { CheckContext } from '../check-context.ts';
import { exposeCommand } from '../format.ts';
import { isNginxProvider } from './controller-flags.ts';
import { classesServedBy, ingressNginxPods, ofController, onNodesBy } from './ingress-controller-pods.ts';
import type { JudgedPath } from './ingress-mode.ts';
import {
  enableBundledTraefik,
  enableTraefik,
  firstProviderRelease,
  installTraefik,
  makeClass,
  providerClass,
  releaseOf,
  removeClass,
  signpostTo,
  updateTraefik,
} from './traefik-commands.ts';

type Judged = Pick<CheckContext, 'view'>;

const traefik = controllerNamed('traefik.io/ingress-controller')!;
const openShiftRouter = 'openshift.io/ingress-to-route';

type Opened = Pick<JudgedPath, 'skyCluster' | 'mapping'>;

/**
 * Cures that set up a controller for SkyPilot's Ingresses. Installed controllers come first, then controllers that the
 * platform offers, then Traefik.
 * @param opened the open port to reach; undefined if no port is open yet
 */
export function ingressSetup(scene: Judged, opened?: Opened): Cure[] {
  const { snapshot } = scene.view;
  const [pod] = ofController(itemsOf(snapshot.topics.controllerPods), traefik);
  if (pod) return withTraefik(scene, pod);
  const nginx = ingressNginxPods(scene).find(isReady);
  if (nginx && !classesIn(scene).isServed) return withoutItsClass(scene, nginx);
  const { platforms } = detectPlatforms(snapshot);
  // On OpenShift, the IngressClass of the router also identifies the platform.
  const isOpenShift =
    platforms.some(({ what }) => what === openshift) ||
    itemsOf(snapshot.topics.ingressClasses).some(({ spec }) => spec?.controller === openShiftRouter);
  const platform = isOpenShift ? openshift.ingress : platforms.find(({ what }) => what.ingress)?.what.ingress;
  const hosts = hostCures(scene, isOpenShift, opened);
  if (platform && !platform.installs) {
    const again = cure(command`kubectl skyports doctor --mode ingress`, 'then shows what is left to do');
    return [advice(platform.brings), ...platform.cures, ...(platform.cures.length > 0 ? [again] : hosts)];
  }
  const onHostPorts = platform?.installs === 'on-host-ports' || (!platform && givesNoAddresses(scene));
  const { isServed, isForeign, own } = classesIn(scene);
  return [
    ...(platform ? [advice(platform.brings)] : []),
    installTraefik({ onHostPorts, writesStatus: true, makesClass: !isServed && own === undefined }),
    ...(onHostPorts ? [] : internalByDefault(scene)),
    ...(platform?.cures ?? []),
    ...(isForeign ? [removeClass(skyPilotIngressClass)] : []),
    signpostTo(undefined, isServed ? undefined : (own ?? providerClass)),
    ...hosts,
  ];
}

/**
 * Facts about the IngressClasses. `isServed`: the class `nginx` has the controller of ingress-nginx. `isForeign`: the
 * class `nginx` has another controller. `own`: another class that has the controller of ingress-nginx. Traefik's nginx
 * provider also serves classes with this controller.
 */
function classesIn({ view }: Judged) {
  const classes = itemsOf(view.snapshot.topics.ingressClasses);
  const nginx = classes.find(({ metadata }) => metadata?.name === skyPilotIngressClass);
  const isServed = nginx?.spec?.controller === ingressNginxController;
  const own = classes.find(
    ({ metadata, spec }) => spec?.controller === ingressNginxController && metadata?.name !== skyPilotIngressClass,
  );
  return { isServed, isForeign: nginx !== undefined && !isServed, own: own?.metadata?.name };
}

/**
 * Cures for an ingress-nginx that serves nothing, because no class has its controller. Either the class was deleted, or
 * the class of this name has another controller.
 */
function withoutItsClass(scene: Judged, pod: Pod): Cure[] {
  const { isForeign } = classesIn(scene);
  const controller = classesServedBy(pod) ?? ingressNginxController;
  return [
    advice(`ingress-nginx is here (Pod ${keyOf(pod)}), and no class has its controller ${controller}`),
    ...(isForeign ? [removeClass(skyPilotIngressClass)] : []),
    makeClass(skyPilotIngressClass, controller, 'it'),
  ];
}

function withTraefik(scene: Judged, pod: Pod): Cure[] {
  const service = serviceOfTraefik(scene);
  const { isServed, isForeign, own } = classesIn(scene);
  const isOn = isNginxProvider(pod);
  const needsClass = !isServed && own === undefined;
  const start = isOn ? { cures: [], makesClass: false } : turnedOn(scene, pod, service, needsClass);
  const state = isOn
    ? 'its nginx provider is on, which serves classes with the controller k8s.io/ingress-nginx'
    : 'it reads these annotations once its nginx provider is on';
  return [
    advice(`Traefik is here (Pod ${keyOf(pod)}); ${state}`),
    ...start.cures,
    ...(needsClass && !start.makesClass
      ? [makeClass(providerClass, ingressNginxController, "Traefik's nginx provider")]
      : []),
    ...(isForeign ? [removeClass(skyPilotIngressClass)] : []),
    signpostTo(addressOf(scene, pod, service), isServed ? undefined : (own ?? providerClass)),
  ];
}

function serviceOfTraefik({ view }: Judged): Service | undefined {
  return ofController(itemsOf(view.controllerServices), traefik).find((each) => !isSignpost(each));
}

function turnedOn({ view }: Judged, pod: Pod, service: Service | undefined, needsClass: boolean) {
  const version = versionOf(pod);
  const isOld = version !== undefined && compareVersions(version, firstProviderRelease) < 0;
  const first = isOld ? [updateTraefik(version)] : [];
  const bundled = bundledChart(view.snapshot, pod);
  if (bundled) {
    const published = service && externalAddressesOf(service).length > 0 ? keyOf(service) : undefined;
    return { cures: [...first, enableBundledTraefik(bundled, published, needsClass)], makesClass: needsClass };
  }
  const release = releaseOf(service ?? pod);
  const start = release
    ? enableTraefik(release)
    : advice('start that Traefik with the argument --providers.kubernetesingressnginx');
  return { cures: [...first, start], makesClass: false };
}

/**
 * The steps from ingress-nginx to Traefik's nginx provider. The removal of ingress-nginx also removes its class, which
 * SkyPilot's Ingresses name. So the ports do not answer until the last step creates this class again.
 * @param nginx a Pod of ingress-nginx
 */
export function stepsToTraefik(scene: Judged, nginx: Pod): Cure[] {
  const { snapshot } = scene.view;
  const [pod] = ofController(itemsOf(snapshot.topics.controllerPods), traefik);
  // Only a class with this name counts. Another class with the same controller may belong to the Helm release of
  // ingress-nginx, which is removed.
  const classes = itemsOf(snapshot.topics.ingressClasses);
  const needsClass = !classes.some(({ metadata }) => metadata?.name === providerClass);
  const end = (address: string | undefined) => [removal(scene, nginx), signpostTo(address, providerClass)];
  if (!pod) {
    const onHostPorts = givesNoAddresses(scene);
    const install = installTraefik({ onHostPorts, writesStatus: false, makesClass: needsClass });
    const [remove, show] = end(undefined) as [Cure, Cure];
    if (onHostPorts && holdsPort80(nginx)) return [remove, install, show];
    return [install, ...(onHostPorts ? [] : internalByDefault(scene)), remove, show];
  }
  const service = serviceOfTraefik(scene);
  const start = isNginxProvider(pod) ? { cures: [], makesClass: false } : turnedOn(scene, pod, service, needsClass);
  const ownClass = needsClass && !start.makesClass;
  return [
    ...start.cures,
    ...(ownClass ? [makeClass(providerClass, ingressNginxController, "Traefik's nginx provider")] : []),
    ...end(addressOf(scene, pod, service)),
  ];
}

function removal({ view }: Judged, nginx: Pod): Cure {
  const { namespace } = nginx.metadata ?? {};
  const ids = detectPlatforms(view.snapshot).platforms.map(({ what }) => what.id);
  const first = 'first call a URL at the address of Traefik; then';
  const note = `${first} this removes ingress-nginx with its class and its Service, so that they do not get in the way`;
  if (ids.includes('minikube')) return cure(command`minikube addons disable ingress`, note);
  if (onNodesBy(nginx) === 'MicroK8s') return cure(command`microk8s disable ingress`, note);
  const own = ofController(itemsOf(view.controllerServices), controllerNamed(ingressNginxController)!);
  const release = own
    .filter(({ metadata }) => metadata?.namespace === namespace)
    .map(releaseOf)
    .find((each) => each !== undefined);
  return release
    ? cure(command`helm uninstall ${release.name} --namespace ${release.namespace}`, note)
    : advice(
        `${first} remove ingress-nginx in the way it was installed, with its class nginx and its Service, so that they do not get in the way`,
      );
}

/**
 * The name of the HelmChart for the Traefik that K3s or RKE2 installed. Undefined for any other Traefik. A
 * HelmChartConfig changes the values of this chart.
 */
function bundledChart(
  snapshot: Parameters<typeof detectPlatforms>[0],
  { metadata }: Pod,
): 'traefik' | 'rke2-traefik' | undefined {
  if (metadata?.namespace !== 'kube-system') return undefined;
  const ids = detectPlatforms(snapshot).platforms.map(({ what }) => what.id);
  if (ids.includes('rke2')) return 'rke2-traefik';
  return ids.includes('k3s') ? 'traefik' : undefined;
}

/**
 * The address where port 80 of Traefik answers: the address of its Service, or of the node of a Pod with this host
 * port. Undefined if it was not seen.
 */
function addressOf({ view }: Judged, pod: Pod, service: Service | undefined): string | undefined {
  const [external] = service ? externalAddressesOf(service) : [];
  if (external) return external.address;
  const { nodes } = view.snapshot.topics;
  if (!holdsPort80(pod) || !nodes.observed) return undefined;
  return nodeCandidates(nodes.items, { onNodes: new Set([pod.spec?.nodeName ?? '']) })[0]?.address;
}

/**
 * The address where port 80 of ingress-nginx answers: the address of its Service, or of the node of a Pod that listens
 * on this host port. On MicroK8s, the Pods of the addon run on every node and have other labels. So on MicroK8s, it is
 * the address of the best node. Undefined if no address was seen.
 */
export function addressOfNginx(scene: Judged): string | undefined {
  const { snapshot, controllerServices } = scene.view;
  const own = ofController(itemsOf(controllerServices), controllerNamed(ingressNginxController)!);
  const [external] = own.filter((service) => !isSignpost(service)).flatMap(externalAddressesOf);
  if (external) return external.address;
  const { nodes } = snapshot.topics;
  if (!nodes.observed) return undefined;
  const holders = ingressNginxPods(scene).filter((pod) => isReady(pod) && holdsPort80(pod));
  const isMicroK8s = detectPlatforms(snapshot).platforms.some(({ what }) => what.id === 'microk8s');
  if (holders.length === 0 && !isMicroK8s) return undefined;
  const onNodes = holders.length > 0 ? new Set(holders.map(({ spec }) => spec?.nodeName ?? '')) : undefined;
  return nodeCandidates(nodes.items, { onNodes })[0]?.address;
}

/**
 * Whether nothing seems to give addresses to Services. No Service of a controller has an address, and no load balancer
 * was detected.
 */
function givesNoAddresses({ view }: Judged): boolean {
  const controllers = itemsOf(view.controllerServices).filter((service) => !isSignpost(service));
  const isServed = controllers.some((service) => (service.status?.loadBalancer?.ingress ?? []).length > 0);
  return !isServed && nothingGivesAddresses(view.snapshot) !== undefined;
}

/**
 * Advice for a load balancer that is internal by default. It names the flags that make the load balancer public when
 * the user installs the controller.
 */
function internalByDefault({ view }: Judged): Cure[] {
  const [first, ...others] = loadBalancersFor(detectPlatforms(view.snapshot));
  const { title, defaultScheme, public: change } = first?.what ?? {};
  if (defaultScheme !== 'internal' || !change || others.length > 0) return [];
  const values = [
    ...(change.loadBalancerClass ? [`service.spec.loadBalancerClass=${change.loadBalancerClass}`] : []),
    ...Object.entries(change.annotations).map(
      ([key, value]) => `service.annotations.${key.replaceAll('.', '\\.')}=${value}`,
    ),
  ];
  const flags = values.map((each) => `--set-string '${each}'`).join(' ');
  return [advice(`${title} gives it an internal address; for callers from the internet add ${flags}`)];
}

function holdsPort80({ spec }: Pod): boolean {
  return (spec?.containers ?? []).some(({ ports }) => ports?.some(({ hostPort }) => hostPort === 80));
}

function versionOf({ spec }: Pod): string | undefined {
  const images = (spec?.containers ?? []).map(({ image = '' }) => image);
  return images.map((image) => /traefik[^:]*:v?(\d+\.\d+\.\d+)/.exec(image)?.[1]).find((version) => version);
}

/**
 * A cure that uses an installed controller although it cannot rewrite paths. A port with its own host needs no
 * rewriting, so every controller can serve this port.
 */
function hostCures({ view }: Judged, isOpenShift: boolean, opened: Opened | undefined): Cure[] {
  const seen = itemsOf(view.snapshot.topics.ingressClasses).flatMap(({ metadata, spec }) => {
    const known = controllerNamed(spec?.controller);
    const name = metadata?.name;
    return known && name && name !== skyPilotIngressClass && !known.readsNginxAnnotations ? [{ name, ...known }] : [];
  });
  // OpenShift itself creates the IngressClass of its router.
  const router = isOpenShift ? controllerNamed(openShiftRouter) : undefined;
  const found = seen.length > 0 || !router ? seen : [{ name: router.classNames[0]!, ...router }];
  return found.slice(0, 1).map(({ name, product }) => {
    const how = `through ${product}, under its own HOST, which needs no rewriting`;
    if (opened) {
      const flags = part`--ingress-class ${name} --host HOST`;
      return cure(exposeCommand(opened.skyCluster, [opened.mapping], 'ingress', flags), `opens it ${how}`);
    }
    return cure(
      command`kubectl skyports expose NAME PORT --mode ingress --ingress-class ${name} --host HOST`,
      `opens PORT of the SkyPilot cluster NAME ${how}`,
    );
  });
}
