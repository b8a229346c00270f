import { appsOn } from '../../../apps/all-apps.ts';
import { filledIn } from '../../../apps/start-command.ts';
import { advice, type Cure, command, cure } from '../../../errors/cure.ts';
import { mappingOf } from '../../../exposure/port-mapping.ts';
import { modeOfServiceType } from '../../../modes/all-modes.ts';
import { appPortsOf } from '../../../skypilot/app-ports.ts';
import { isServePort } from '../../../skypilot/controllers.ts';
import { operandOf } from '../../../skypilot/operand.ts';
import { headPodOf, type SkyCluster } from '../../../skypilot/sky-cluster.ts';
import { listens } from '../../../snapshot/listening-sockets.ts';
import type { PodProbe } from '../../../snapshot/probe.ts';
import { listed } from '../../../snapshot/text.ts';
import { itemsOf } from '../../../snapshot/topics.ts';
import { type CheckContext, clusterKey, skyClustersOf } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf, podReference } from '../../finding.ts';
import { displayOf, exposeCommand } from '../../format.ts';
import { exposingServices } from '../../subjects/exposing-services.ts';
import { logsCure } from '../../subjects/pod-cures.ts';
import { serveStatusCure } from '../../subjects/serve-cures.ts';

interface Deaf {
  readonly probe: PodProbe;
  readonly skyCluster: SkyCluster;
  /** Whether SkyPilot opened the port in advance, and no service of SkyServe uses it. */
  readonly isUnused: boolean;
}

export const headPortListens = defineCheck({
  id: 'head-port-listens',
  group: 'service',
  hop: 'app',
  onPath: true,
  breaksCalls: true,
  title: 'the app listens on its port, for callers from outside the Pod',
  severity: 'error',
  needs: ['pods'],
  wants: ['services', 'podProbes'],
  after: ['api-server-answers', 'no-orphans', 'head-pod-exists', 'head-pod-running', 'head-pod-ready'],
  docs: () => ({
    means:
      'This check runs with `--probe=pod`. In the head Pod, nothing listens on the port that the Service leads to, or the app only listens for callers inside the Pod (127.0.0.1 or ::1), or it listens on another port. First the API server calls the port. If that is not enough, the plugin reads /proc/net/tcp in the Pod.',
    matters:
      'This is the most common fault: the Kubernetes objects are correct, but the app does not run, or does not accept connections. Many apps listen on 127.0.0.1 by default.',
    fix: 'Start the app. If it listens on 127.0.0.1, start it with its own flag for all addresses. The message names the flags of the apps that use the port by default ([apps.md](apps.md)); `--host 0.0.0.0` is the flag of many others. If it listens on another port, open that one.',
    commands: [cure(command`kubectl skyports forward NAME PORT`, 'reaches what listens on 127.0.0.1 as it is')],
    sources: [
      'Linux: Documentation/networking/proc_net_tcp.rst',
      'Kubernetes: pods/proxy answers 503 with the reason when it cannot connect (needs pods/proxy), pods/exec',
      'Ray: --min-worker-port and --max-worker-port, 10002 to 19999',
    ],
  }),
  notApplicable({ perhaps }) {
    const { podProbes } = perhaps;
    if (!podProbes.observed && podProbes.reason === 'not-collected') return 'not run (--probe=pod runs it)';
    return itemsOf(podProbes).length === 0 ? 'no running head Pod has a checked port' : undefined;
  },
  needsHere: () => ['podProbes'],
  find: (scene) =>
    deafPorts(scene).map(({ probe, skyCluster, isUnused }) => {
      const head = podReference(headPodOf(skyCluster)!);
      return {
        about: [clusterKey(skyCluster)],
        servicePorts: servicePortsTo(scene, skyCluster, probe.port),
        objects: [head],
        evidence: [fieldOf(head, `port ${probe.port}`, probe.listening ?? probe.proxy.message)],
        ...{ probe, skyCluster, isUnused },
        mode: modeOf(scene, skyCluster, probe.port),
      };
    }),
  unsettled({ perhaps }) {
    const open = itemsOf(perhaps.podProbes).find(({ proxy, listening }) => isUntold(proxy.outcome) && !listening);
    return open ? `port ${open.port} of Pod ${open.pod}: ${open.proxy.message}; ${open.why}` : undefined;
  },
  say: ({ probe, skyCluster, isUnused }) =>
    isUnused
      ? `no service of SkyServe is up on port ${probe.port} of ${displayOf(skyCluster)}, which SkyPilot opened in advance`
      : `${whatListens(probe, skyCluster)} in Pod ${probe.pod}, the head of ${displayOf(skyCluster)}`,
  cures: ({ probe, skyCluster, mode, isUnused }) => (isUnused ? [serveStatusCure()] : curesOf(probe, skyCluster, mode)),
  severityOf: ({ isUnused }) => (isUnused ? 'info' : 'error'),
});

function isUntold(outcome: PodProbe['proxy']['outcome']): boolean {
  return outcome === 'forbidden' || outcome === 'unknown';
}

function deafPorts(scene: Pick<CheckContext<'pods', 'podProbes'>, 'view' | 'subject' | 'perhaps'>): Deaf[] {
  const byHead = new Map(
    skyClustersOf(scene).map((each) => [`${each.namespace}/${headPodOf(each)?.metadata?.name}`, each]),
  );
  return itemsOf(scene.perhaps.podProbes).flatMap((probe) => {
    const skyCluster = byHead.get(`${probe.namespace}/${probe.pod}`);
    if (!skyCluster || listens(probe)) return [];
    // SkyPilot opens ports in advance for SkyServe. SkyServe listens on such a port only while a service needs it.
    const isUnused = isServePort(skyCluster, probe.port) && !ownSockets(probe);
    return isUnused && !scene.subject.ports?.includes(probe.port) ? [] : [{ probe, skyCluster, isUnused }];
  });
}

function whatListens({ port, listening }: PodProbe, skyCluster: SkyCluster): string {
  if (!listening) return `nothing takes connections from outside on port ${port}`;
  const own = listening.filter((socket) => socket.port === port).map(({ address }) => address);
  if (own.length > 0) return `the app listens on ${listed(own)} only, for callers inside the Pod, on port ${port}`;
  const others = appPortsOf(listening, headPodOf(skyCluster));
  if (others.length === 0) return `nothing listens on port ${port}`;
  return `nothing listens on port ${port}, and something does on ${listed(others.map(String))}`;
}

/** Whether something listens on the port, even if only for callers inside the Pod. */
function ownSockets({ port, listening }: PodProbe): boolean {
  return (listening ?? []).some((socket) => socket.port === port);
}

function curesOf(
  { port, listening }: PodProbe,
  skyCluster: SkyCluster,
  mode: ReturnType<typeof modeOf>,
): readonly Cure[] {
  if (listening?.some((socket) => socket.port === port)) {
    const forward = command`kubectl skyports forward ${operandOf(skyCluster)} ${port} -n ${skyCluster.namespace}`;
    return [advice(bindAdvice(port)), cure(forward, 'reaches the app as it is')];
  }
  const [other, ...more] = listening ? appPortsOf(listening, headPodOf(skyCluster)) : [];
  if (other !== undefined && more.length === 0) {
    const mapping = { servicePort: mode.servicePort, targetPort: other };
    return [cure(exposeCommand(skyCluster, [mapping], mode.mode), `leads to port ${other}, if that is the app`)];
  }
  return [
    logsCure(skyCluster.displayName, `shows why the app does not run; it has to listen on 0.0.0.0, port ${port}`),
  ];
}

/** Advice that makes the app on a port listen on all addresses. It names the apps that use this port by default. */
function bindAdvice(port: number): string {
  const place = { prefix: '', port, origin: undefined };
  const options = appsOn(port).flatMap(({ title, listen }) =>
    listen === undefined ? [] : [`${filledIn(listen, place)} if it is ${title}`],
  );
  if (options.length === 0) return 'start the app with --host 0.0.0.0 (its own flag for that)';
  return `start the app with ${options.slice(0, 3).join(', ')}; else with its own flag for 0.0.0.0`;
}

/** The Service ports that lead to the port of the Pod. */
function servicePortsTo(
  scene: Pick<CheckContext, 'view' | 'subject'>,
  skyCluster: SkyCluster,
  podPort: number,
): readonly number[] {
  const behind = exposingServices(scene).filter((each) => clusterKey(each.skyCluster) === clusterKey(skyCluster));
  const ports = behind.flatMap((each) => each.ports).filter(({ targetPort }) => targetPort === podPort);
  return ports.length > 0 ? ports.map(({ servicePort }) => servicePort) : [podPort];
}

/** The Service port that leads to the port of the Pod, and its mode. The suggested command uses the same mode. */
function modeOf(scene: Pick<CheckContext, 'view' | 'subject'>, skyCluster: SkyCluster, podPort: number) {
  for (const { service, skyCluster: behind } of exposingServices(scene)) {
    if (clusterKey(behind) !== clusterKey(skyCluster)) continue;
    const port = (service.spec?.ports ?? []).find((each) => mappingOf(each, skyCluster).targetPort === podPort);
    const mode = modeOfServiceType(service.spec?.type);
    if (port) return { servicePort: port.port, mode };
  }
  return { servicePort: podPort, mode: undefined };
}
