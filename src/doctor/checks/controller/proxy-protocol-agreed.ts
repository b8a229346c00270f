import type { Service } from 'kubernetes-types/core/v1';
import { advice, type Cure, command, cure, part } from '../../../errors/cure.ts';
import { productOf } from '../../../exposure/controllers/ingress-controllers.ts';
import { type ProxyProtocolAnnotation, proxyProtocolOf } from '../../../platforms/proxy-protocol.ts';
import type { AddressProbe } from '../../../snapshot/probe.ts';
import { lastHttpOf } from '../../../snapshot/probe.ts';
import { selects } from '../../../snapshot/selector.ts';
import { itemsOf } from '../../../snapshot/topics.ts';
import { type CheckContext, clusterKey } from '../../check-context.ts';
import { defineCheck, type RankedFinding, rankedFindings } from '../../define-check.ts';
import { type Evidence, fieldOf, serviceReference } from '../../finding.ts';
import { exposeCommand } from '../../format.ts';
import { type CalledPort, calledPorts, calledTopics, isBehindProxy, portsOf } from '../../subjects/called-ports.ts';
import { readsProxyHeaders } from '../../subjects/controller-flags.ts';
import { type ControllerSettings, isOn, settingCure, settingsBehind } from '../../subjects/controller-settings.ts';
import { type ExposingService, exposingServices } from '../../subjects/exposing-services.ts';
import { type JudgedController, judgedControllers } from '../../subjects/judged-controllers.ts';

type Scene = Pick<CheckContext, 'view' | 'subject' | 'namespace'>;

const setting = 'use-proxy-protocol';

export const proxyProtocolAgreed = defineCheck({
  id: 'proxy-protocol-agreed',
  group: 'controller',
  onPath: true,
  breaksCalls: true,
  title: 'load balancer and controller agree on the PROXY protocol',
  severity: 'error',
  needs: ['services'],
  wants: [...calledTopics, 'controllerPods', 'controllerConfigMaps'],
  after: ['api-server-answers', 'ingress-controller-running'],
  docs: () => ({
    means:
      "An annotation of a Service makes its load balancer begin each connection with a PROXY protocol header, but the server behind it does not expect the header. Or ingress-nginx expects one (`use-proxy-protocol` in its ConfigMap) and gets none. The check covers the ingress controller's Service and the load balancers of SkyPilot clusters. If you cannot list the ConfigMap, an answer of 400 decides.",
    matters:
      'ingress-nginx answers every call with 400 Bad Request if it does not expect the header, and closes every connection without an answer if it waits for one. Most apps do not know the header at all.',
    fix: "Make both sides agree: change `use-proxy-protocol` in the controller's ConfigMap, or remove the annotation from its Service.",
    commands: [
      cure(
        command`kubectl patch configmap ingress-nginx-controller -n ingress-nginx --type=merge -p ${'{"data":{"use-proxy-protocol":"true"}}'}`,
        'makes ingress-nginx expect the header',
      ),
    ],
    sources: [
      'https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt',
      'ingress-nginx docs/user-guide/nginx-configuration/configmap.md: use-proxy-protocol',
      'https://github.com/kubernetes/ingress-nginx/issues/3996, https://github.com/vitobotta/hetzner-k3s/issues/292',
    ],
  }),
  notApplicable: (scene) =>
    controllersOf(scene).length === 0 && sendingBalancers(scene).length === 0
      ? 'nothing shows that a load balancer sends PROXY protocol headers, or that a controller expects them'
      : undefined,
  needsHere: (scene) =>
    controllersOf(scene).some(
      ({ sends, settings, calls }) => sends && settings && !settings.settings && calls.length === 0,
    )
      ? ['controllerConfigMaps']
      : [],
  find: (scene): RankedFinding[] => [...controllersOf(scene).flatMap(oneSidedController), ...oneSidedBalancers(scene)],
  ...rankedFindings,
});

interface Controller extends JudgedController {
  readonly sends: ProxyProtocolAnnotation | undefined;
  readonly settings: ControllerSettings | undefined;
  /** Whether the flags of Traefik make it read the header; undefined if they do not tell, or for other products. */
  readonly traefik: boolean | undefined;
  /**
   * The calls through the controller. A call is left out if other programs on this machine use a proxy for its address.
   */
  readonly calls: readonly CalledPort[];
}

/**
 * The controllers that can be checked. Either their load balancer sends the PROXY protocol header, or their ConfigMap
 * was seen.
 */
function controllersOf(scene: Scene): Controller[] {
  const { view } = scene;
  return judgedControllers(scene).flatMap((judged) => {
    const sends = proxyProtocolOf(judged.service);
    const settings = settingsBehind(judged.service, view.snapshot);
    if (!sends && !settings?.settings) return [];
    const traefik = sends ? traefikBehind(judged.service, scene) : undefined;
    const urls = new Set(judged.rows.map(({ url }) => url));
    const calls = calledPorts(scene).filter(({ row, probe }) => urls.has(row.url) && !isBehindProxy(probe));
    return [{ ...judged, sends, settings, traefik, calls }];
  });
}

/** Whether the Traefik behind a Service reads PROXY protocol headers. Undefined if its flags do not tell. */
function traefikBehind(
  service: Service,
  {
    view: {
      snapshot: { topics },
    },
  }: Scene,
): boolean | undefined {
  if (productOf(service)?.product !== 'Traefik') return undefined;
  const pod = itemsOf(topics.controllerPods).find(
    ({ metadata }) =>
      metadata?.namespace === service.metadata?.namespace && selects(service.spec?.selector, metadata?.labels),
  );
  return pod && readsProxyHeaders(pod);
}

function oneSidedController({ service, about, sends, settings, traefik, calls }: Controller): RankedFinding[] {
  const seen = settings?.settings;
  const expects = seen ? isOn(seen[setting]) : traefik;
  if (calls.some(({ probe }) => isAnswered(probe))) return [];
  const [refused] = calls.filter(({ probe }) => isRefusedHeader(probe));
  const [closed] = calls.filter(({ probe }) => isClosed(probe));
  const reference = serviceReference(service);
  const objects = [reference, ...(settings ? [settings.configMap] : [])];
  const called = refused ?? closed;
  const evidence: Evidence[] = [
    ...(sends ? [fieldOf(reference, `metadata.annotations["${sends.key}"]`, sends.value)] : []),
    ...(seen ? [fieldOf(settings!.configMap, `data["${setting}"]`, seen[setting])] : []),
    ...(called ? [fieldOf(reference, `GET ${called.row.url}`, lastHttpOf(called.probe))] : []),
  ];
  const at = { about, objects, evidence };
  const met = called ? `; ${metBy(called)}` : '';
  if (sends && expects !== true) {
    if (expects === undefined && !refused) return [];
    const fact = `the load balancer of Service ${nameOf(service)} begins each connection with a PROXY protocol header (annotation ${sends.key})`;
    const product = productOf(service);
    const why = seen
      ? `ingress-nginx does not expect it: ConfigMap ${settings!.configMap.namespace}/${settings!.configMap.name} ${seen[setting] === undefined ? `has no ${setting}` : `has ${setting} ${seen[setting]}`}`
      : traefik === false
        ? 'Traefik does not read it: no flag of its Pods names trustedIPs for it'
        : `${product?.product ?? 'what it leads to'} seems not to expect it`;
    return [
      {
        ...at,
        fact: `${fact}, and ${why}${met}`,
        severity: 'error',
        cures: curesOfSent(service, sends, settings, product?.proxyProtocol),
      },
    ];
  }
  if (!sends && expects && (closed || (calls.length === 0 && service.spec?.type === 'LoadBalancer'))) {
    const { configMap } = settings!;
    const fact = `ingress-nginx expects a PROXY protocol header on each connection (${setting} in ConfigMap ${configMap.namespace}/${configMap.name}), and no annotation of Service ${nameOf(service)} makes its load balancer send one`;
    const off = settingCure(
      settings!,
      { [setting]: 'false' },
      'makes ingress-nginx accept connections without the header',
    );
    return [{ ...at, fact: `${fact}${met}`, severity: closed ? 'error' : 'warning', cures: [off] }];
  }
  return [];
}

function curesOfSent(
  service: Service,
  { key }: ProxyProtocolAnnotation,
  settings: ControllerSettings | undefined,
  told: string | undefined,
): Cure[] {
  const { name = '', namespace = '' } = service.metadata ?? {};
  const on = settings && settingCure(settings, { [setting]: 'true' }, 'makes ingress-nginx expect the header');
  // Some annotations contain more settings in the same value. Such an annotation cannot simply be removed.
  const isAlone = /proxy-?protocol|ppv2/i.test(key);
  const off = cure(
    command`kubectl annotate service ${name} -n ${namespace} ${`${key}-`}`,
    on ? 'or: stops the load balancer from sending it' : 'stops the load balancer from sending it',
  );
  return [
    ...(on ? [on] : told ? [advice(`let the controller expect it: ${told}`)] : []),
    ...(isAlone ? [off] : on ? [] : [advice(`remove PROXY protocol from the annotation ${key}`)]),
  ];
}

interface SendingBalancer extends ExposingService {
  readonly sends: ProxyProtocolAnnotation;
}

/** The load balancers of SkyPilot clusters that send the PROXY protocol header to the app. */
function sendingBalancers(scene: Scene): SendingBalancer[] {
  return exposingServices(scene).flatMap((each) => {
    const sends = each.service.spec?.type === 'LoadBalancer' ? proxyProtocolOf(each.service) : undefined;
    return sends ? [{ ...each, sends }] : [];
  });
}

function oneSidedBalancers(scene: Scene): RankedFinding[] {
  const sending = sendingBalancers(scene);
  if (sending.length === 0) return [];
  const calls = Map.groupBy(
    calledPorts(scene).filter(({ probe }) => !isBehindProxy(probe)),
    ({ row }) => `${row.namespace}/${row.source[0]?.name}`,
  );
  return sending.flatMap((each) => oneSidedBalancer(each, calls.get(nameOf(each.service)) ?? []));
}

function oneSidedBalancer(
  { service, skyCluster, owner, ports, sends }: SendingBalancer,
  calls: readonly CalledPort[],
): RankedFinding[] {
  const reference = serviceReference(service);
  if (calls.some(({ probe }) => isAnswered(probe))) return [];
  const [failed] = calls.filter(({ probe }) => isRefusedHeader(probe) || isClosed(probe));
  if (calls.length > 0 && !failed) return [];
  const fact = `the load balancer of Service ${nameOf(service)} begins each connection with a PROXY protocol header (annotation ${sends.key}), which few apps expect`;
  const without =
    owner === 'kubectl-skyports'
      ? cure(
          exposeCommand(skyCluster, ports, 'loadbalancer', part`--annotation ${`${sends.key}-`}`),
          'removes the annotation',
        )
      : cure(
          exposeCommand(skyCluster, ports, 'loadbalancer', owner === 'skypilot' ? part`--beside-skypilot` : undefined),
          'opens a load balancer beside it, without the header',
        );
  return [
    {
      about: [clusterKey(skyCluster)],
      objects: [reference],
      evidence: [fieldOf(reference, `metadata.annotations["${sends.key}"]`, sends.value)],
      fact: failed ? `${fact}; ${metBy(failed)}` : fact,
      severity: failed ? 'error' : 'warning',
      cures: [
        without,
        ...(owner === 'skypilot'
          ? [advice("for the next launch, remove it from kubernetes.custom_metadata in SkyPilot's configuration")]
          : []),
      ],
    },
  ];
}

function nameOf({ metadata }: Service): string {
  return `${metadata?.namespace}/${metadata?.name}`;
}

function metBy(call: CalledPort): string {
  const { row, probe } = call;
  const http = lastHttpOf(probe);
  const who = `a call of ${row.url} (${portsOf([call])})`;
  if (http?.outcome === 'answered') return `${who} is answered with ${http.status}`;
  return `${who} is closed without an answer`;
}

/**
 * Whether the answer proves that the load balancer and the controller agree: the header is sent and expected, or
 * neither.
 */
function isAnswered(probe: AddressProbe): boolean {
  const http = lastHttpOf(probe);
  return http?.outcome === 'answered' && (http.status !== 400 || http.wantsTls === true);
}

/**
 * Whether the answer shows that the server rejects the PROXY protocol header. ingress-nginx then answers 400 at its
 * http port. At its TLS port, the handshake fails.
 */
function isRefusedHeader(probe: AddressProbe): boolean {
  const http = lastHttpOf(probe);
  if (http?.outcome === 'answered') return http.status === 400 && !http.wantsTls;
  return http === null && hasNoTls(probe);
}

/**
 * Whether the server closes the connection without an answer. A server that expects the header does this if the header
 * is missing.
 */
function isClosed(probe: AddressProbe): boolean {
  return lastHttpOf(probe)?.outcome === 'closed' || hasNoTls(probe);
}

function hasNoTls({ certificate, followed }: AddressProbe): boolean {
  return (followed ? followed.certificate : certificate)?.validTo === '';
}
