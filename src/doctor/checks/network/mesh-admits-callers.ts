import type { Pod } from 'kubernetes-types/core/v1';
import { advice, type Cure, command, cure } from '../../../errors/cure.ts';
import type { Endpoint } from '../../../exposure/endpoint.ts';
import { allModes } from '../../../modes/all-modes.ts';
import { applyCommand } from '../../../platforms/manifest-command.ts';
import { bypassesMesh, type Mesh, meshOf } from '../../../platforms/meshes.ts';
import { clusterNameLabel } from '../../../skypilot/names.ts';
import { operandOf } from '../../../skypilot/operand.ts';
import { headPodOf, isLive, type SkyCluster } from '../../../skypilot/sky-cluster.ts';
import { type AddressProbe, lastHttpOf } from '../../../snapshot/probe.ts';
import { itemsOf } from '../../../snapshot/topics.ts';
import { type CheckContext, clusterKey, endpointsOf, skyClustersOf } from '../../check-context.ts';
import { defineCheck, type ToldFinding, toldFindings } from '../../define-check.ts';
import { type Evidence, fieldOf, podReference } from '../../finding.ts';
import { type CalledPort, calledPorts, calledTopics, isBehindProxy } from '../../subjects/called-ports.ts';
import { type Inside, insideOf, podPortOf } from '../../subjects/inside.ts';
import { whyUntold } from '../../subjects/known-senders.ts';
import { type MeshMode, meshModeOf, rootNamespaceOf } from '../../subjects/mesh-mode.ts';

export const meshAdmitsCallers = defineCheck({
  id: 'mesh-admits-callers',
  group: 'network',
  hop: 'pod',
  onPath: true,
  breaksCalls: true,
  isCall: true,
  title: 'no service mesh keeps callers from the app',
  severity: 'error',
  needs: ['pods', 'services'],
  wants: [
    ...calledTopics.filter((topic) => topic !== 'pods'),
    'controllerPods',
    'podProbes',
    'peerAuthentications',
    'istioConfigMaps',
    'webhooks',
  ],
  after: ['network-policy-allows'],
  docs: () => ({
    means:
      "The head Pod is in a service mesh, and its port is not excluded from it. It has a sidecar (istio-proxy, linkerd-proxy, kuma-sidecar or consul-dataplane, perhaps as an init container that keeps running), or is in Istio's ambient mode. Either a PeerAuthentication requires mTLS of its callers, or a call ends in the way that mTLS causes: the controller answers 502 or 503, or the connection is closed or reset. If the app answers a call, the check passes. The ingress controller counts as a caller from outside, unless its own Pod is in the mesh.",
    matters:
      'Load balancers, node ports and ingress controllers outside the mesh use plain HTTP. A proxy that requires mTLS resets such connections, so the app never sees them, although everything else is right.',
    fix: "Exclude the port from the proxy, or run the Pod without the proxy. Set the annotations or labels in kubernetes.pod_config of SkyPilot's configuration; a running Pod keeps its proxy. With Istio, a PeerAuthentication that selects the Pod allows plain calls of single ports at once, whatever the namespace or the mesh requires. The finding has the command.",
    commands: [
      cure(command`kubectl get peerauthentications.security.istio.io -A`, 'shows what requires mTLS'),
      cure(command`kubectl skyports forward NAME PORT`, 'reaches the app past its proxy'),
    ],
    sources: [
      'https://istio.io/latest/docs/reference/config/security/peer_authentication/',
      'https://istio.io/latest/docs/reference/config/annotations/: traffic.sidecar.istio.io/excludeInboundPorts',
      'https://linkerd.io/2/reference/proxy-configuration/: config.linkerd.io/skip-inbound-ports',
      'https://istio.io/latest/docs/ambient/usage/add-workloads/: istio.io/dataplane-mode',
      'https://github.com/istio/istio/issues/43056, https://github.com/kubernetes/enhancements/issues/753',
    ],
  }),
  notApplicable: (scene) =>
    meshedClusters(scene).length === 0 ? 'no checked head Pod is in a service mesh' : undefined,
  find(scene): ToldFinding[] {
    const rows = Map.groupBy(endpointsOf(scene), clusterKey);
    const calls = Map.groupBy(
      calledPorts(scene).filter(({ probe }) => !isBehindProxy(probe)),
      ({ row }) => clusterKey(row),
    );
    return meshedClusters(scene).flatMap((each) => {
      const key = clusterKey(each.skyCluster);
      return keptOut(each, rows.get(key) ?? [], calls.get(key) ?? [], scene);
    });
  },
  ...toldFindings,
});

type Scene = Pick<CheckContext, 'view' | 'subject'>;

interface Meshed {
  readonly skyCluster: SkyCluster;
  readonly head: Pod;
  readonly mesh: Mesh;
}

function meshedClusters(scene: Scene): Meshed[] {
  return skyClustersOf(scene).flatMap((skyCluster) => {
    const head = headPodOf(skyCluster);
    const mesh = head && isLive(head) ? meshOf(head) : undefined;
    return head && mesh ? [{ skyCluster, head, mesh }] : [];
  });
}

/** One finding for each SkyPilot cluster, because one proxy handles all ports of the head Pod. */
function keptOut(
  { skyCluster, head, mesh }: Meshed,
  rows: readonly Endpoint[],
  calls: readonly CalledPort[],
  scene: Scene,
): ToldFinding[] {
  const { view } = scene;
  const { topics } = view.snapshot;
  const called = rows.filter(({ mode }) => allModes[mode].calledFrom === 'anywhere');
  const refused = called.flatMap((row) => {
    const port = podPortOf(view, row);
    if (port === undefined || bypassesMesh(head, mesh, port) || isCalledFromMesh(row, mesh, scene)) return [];
    const own = calls.filter((call) => call.row === row || call.row.url === row.url);
    if (own.some((call) => isAnsweredByApp(call, view))) return [];
    const rule = meshModeOf(topics.peerAuthentications, head, port, rootNamespaceOf(topics));
    const inside = insideOf(view, row);
    const failed = own.find((call) => endsAsUnderMtls(call)) ?? (isCutOff(inside) ? null : undefined);
    const isRule = mesh.name.startsWith('Istio') && rule.isStrict === true;
    const isKnownOpen = mesh.name.startsWith('Istio') && rule.isStrict === false;
    if (failed === undefined ? !isRule || own.length > 0 : isKnownOpen && !isDenied(failed)) return [];
    return [{ row, port, failed, inside, rule, isRule }];
  });
  const [first] = refused;
  if (!first) return [];
  const reference = podReference(head);
  const ports = [...new Set(refused.map(({ port }) => port))];
  const evidence: Evidence[] = [
    fieldOf(reference, 'mesh', mesh.name),
    ...(first.rule.rule ? [fieldOf(first.rule.rule, 'spec.mtls.mode', 'STRICT')] : []),
    ...(first.failed ? [fieldOf(reference, `GET ${first.row.url}`, lastHttpOf(first.failed.probe))] : []),
    ...(first.inside.probe ? [fieldOf(reference, `port ${first.port}`, first.inside.probe.proxy.message)] : []),
  ];
  return [
    {
      about: [clusterKey(skyCluster)],
      objects: [reference, ...(first.rule.rule ? [first.rule.rule] : [])],
      evidence,
      fact: factOf(first, reference.name, mesh, ports),
      cures: curesOf(first, { skyCluster, mesh, ports, isServed: isIstioServed(scene) }),
    },
  ];
}

interface Refused {
  readonly row: Endpoint;
  readonly port: number;
  /**
   * The call that failed. Null if only the call through the API server failed (`--probe=pod`); undefined if no call was
   * made.
   */
  readonly failed: CalledPort | null | undefined;
  readonly inside: Inside;
  readonly rule: MeshMode;
  readonly isRule: boolean;
}

function factOf(
  { row, port, failed, inside, rule, isRule }: Refused,
  pod: string,
  mesh: Mesh,
  ports: readonly number[],
) {
  const named = `port${ports.length === 1 ? '' : 's'} ${ports.join(', ')}`;
  const taken = `${mesh.proxy} takes the connections of Pod ${pod}`;
  const met = failed ? `a call of ${row.url} (port ${row.port}) ${howItEnds(failed.probe)}` : undefined;
  const listens = inside.listens ? `, although the app listens on port ${port}` : '';
  if (isDenied(failed)) return `${taken}, and ${met}: a rule of the mesh refuses the caller`;
  if (isRule) {
    const by = `PeerAuthentication ${rule.rule!.namespace}/${rule.rule!.name} requires mTLS of all callers (STRICT)`;
    return `${taken}, and ${by}: plain calls of ${named} from outside the mesh are reset${met ? `; ${met}${listens}` : ''}`;
  }
  if (met) return `${taken}, and ${met}, as it does if the mesh requires mTLS of its callers${listens}`;
  return `${taken}, and the API server's call of port ${port} is cut off (${inside.probe!.proxy.message}), as it is if the mesh requires mTLS of its callers${listens}`;
}

function howItEnds(probe: AddressProbe): string {
  const http = lastHttpOf(probe);
  if (http?.outcome === 'answered')
    return `is answered with ${http.status}${http.page ? ` by ${http.page} itself` : ''}`;
  return probe.connection?.outcome === 'open' ? 'is closed without an answer' : 'is reset';
}

function curesOf(
  { row, failed, rule }: Refused,
  given: {
    readonly skyCluster: SkyCluster;
    readonly mesh: Mesh;
    readonly ports: readonly number[];
    readonly isServed: boolean;
  },
): Cure[] {
  const { skyCluster, mesh, ports, isServed } = given;
  const { namespace } = skyCluster;
  const forward = cure(
    command`kubectl skyports forward ${operandOf(skyCluster)} ${row.port} -n ${namespace}`,
    'reaches the app past the proxy, until then',
  );
  const { kind, key, value } = mesh.out;
  const without = `the ${kind} ${key}: "${value}" leaves the Pod out of the mesh`;
  const excluded = mesh.exclude
    ? `the annotation ${mesh.exclude}: "${ports.join(',')}" keeps the port out of the proxy, and ${without}`
    : without;
  const config = advice(`or in kubernetes.pod_config of SkyPilot's configuration, for the next launch: ${excluded}`);
  if (isDenied(failed)) {
    const rules =
      mesh.name === 'Linkerd'
        ? command`kubectl get servers.policy.linkerd.io,authorizationpolicies.policy.linkerd.io -n ${namespace}`
        : command`kubectl get authorizationpolicies.security.istio.io -A`;
    return [cure(rules, 'shows the rules that have to admit the caller'), config, forward];
  }
  const look =
    mesh.name.startsWith('Istio') && isServed && !rule.rule
      ? [cure(command`kubectl get peerauthentications.security.istio.io -A`, 'shows what requires mTLS')]
      : [];
  const admit =
    mesh.name.startsWith('Istio') && isServed
      ? admittingPorts(skyCluster, ports, rule.ofPod)
      : advice(`allow plain calls: ${mesh.admits}`);
  return [...look, admit, config, forward];
}

/**
 * A cure that allows calls without mTLS on single ports. Only the oldest of several rules for a Pod applies. So if a
 * rule already selects the Pod, the cure changes this rule. Otherwise, the cure creates a rule. The new rule inherits
 * all other settings from the namespace or the mesh (Istio, PeerAuthentication, mode UNSET).
 */
function admittingPorts(
  { namespace, nameOnCloud }: SkyCluster,
  ports: readonly number[],
  ofPod: MeshMode['ofPod'],
): Cure {
  const modes = Object.fromEntries(ports.map((port) => [port, { mode: 'PERMISSIVE' }]));
  const note = `admits plain calls of ${ports.length === 1 ? 'this port' : 'these ports'} alone`;
  if (ofPod) {
    const patch = JSON.stringify({ spec: { portLevelMtls: modes } });
    return cure(
      command`kubectl patch peerauthentication ${ofPod.name} -n ${ofPod.namespace} --type=merge -p ${patch}`,
      note,
    );
  }
  return cure(
    applyCommand({
      // All releases of Istio since 1.5 serve this version.
      apiVersion: 'security.istio.io/v1beta1',
      kind: 'PeerAuthentication',
      metadata: { name: nameOnCloud, namespace },
      spec: { selector: { matchLabels: { [clusterNameLabel]: nameOnCloud } }, portLevelMtls: modes },
    }),
    `${note}, by a rule for the Pods of this SkyPilot cluster, which stays when they go`,
  );
}

function isIstioServed({ view }: Scene): boolean {
  const { peerAuthentications } = view.snapshot.topics;
  return peerAuthentications.observed || peerAuthentications.reason !== 'not-served';
}

/** Whether an ingress controller in the same mesh sends the calls. Such a controller uses mTLS itself. */
function isCalledFromMesh({ mode }: Endpoint, { name }: Mesh, { view }: Scene): boolean {
  if (allModes[mode].answeredBy === 'app') return false;
  const family = (each: Mesh | undefined) => each?.name.split(' ')[0];
  return itemsOf(view.snapshot.topics.controllerPods).some((pod) => family(meshOf(pod)) === name.split(' ')[0]);
}

function isAnsweredByApp({ row, probe }: CalledPort, view: Scene['view']): boolean {
  const http = lastHttpOf(probe);
  if (http?.outcome !== 'answered' || http.page || http.status >= 500) return false;
  return whyUntold(http, row, view) === undefined;
}

/** Whether a rule of the mesh refused the call: the proxy of the mesh answered 403. mTLS may then be correct. */
function isDenied(failed: CalledPort | null | undefined): boolean {
  const http = failed ? lastHttpOf(failed.probe) : null;
  return http?.status === 403 && (http.page === 'Istio' || http.page === 'linkerd-proxy');
}

/**
 * Whether the call failed like a call that the proxy of the head Pod refuses because of missing mTLS. Such a call is
 * closed, reset, or answered with an error of a proxy.
 */
function endsAsUnderMtls({ row, probe }: CalledPort): boolean {
  const { connection, certificate } = probe;
  const http = lastHttpOf(probe);
  if (http?.outcome === 'answered') {
    if (http.status === 403) return http.page === 'Istio' || http.page === 'linkerd-proxy';
    if (allModes[row.mode].answeredBy === 'app') return false;
    return http.status === 502 || (http.status === 503 && http.page !== null && http.page !== undefined);
  }
  if (allModes[row.mode].answeredBy === 'controller') return false;
  const isReset =
    connection?.code === 'ECONNRESET' || (certificate?.validTo === '' && certificate.code === 'ECONNRESET');
  return http?.outcome === 'closed' || isReset;
}

/** Whether the app listens, but the API server cannot call it because the connection is closed or reset. */
function isCutOff({ probe, listens }: Inside): boolean {
  return listens === true && probe?.proxy.outcome === 'unknown' && /EOF|reset/i.test(probe.proxy.message);
}
