import { command, cure } from '../../../errors/cure.ts';
import { samePorts } from '../../../exposure/port-mapping.ts';
import { controllerKindOf, isServePort, servePortRange } from '../../../skypilot/controllers.ts';
import { headPodOf, isLive, type SkyCluster } from '../../../skypilot/sky-cluster.ts';
import { listed } from '../../../snapshot/text.ts';
import { type CheckContext, clusterKey, endpointsOf, skyClustersOf } from '../../check-context.ts';
import { defineCheck, type RankedFinding, rankedFindings } from '../../define-check.ts';
import { fieldOf, podReference } from '../../finding.ts';
import { displayOf, exposeCommand, rangesOf, secondsBetween } from '../../format.ts';
import { isPodIpMode } from '../../possible-modes.ts';
import { patienceSeconds } from '../../subjects/exposing-services.ts';
import { controllerStatusCure, launchServeAgain } from '../../subjects/serve-cures.ts';

type Scene = CheckContext<never, 'services' | 'pods' | 'ingresses' | 'skyConfig'>;

export const servicePortKnown = defineCheck({
  id: 'service-port-known',
  group: 'service',
  onPath: true,
  breaksCalls: true,
  title: 'a Service or Ingress opens every port that you named, and those of SkyServe',
  severity: 'error',
  needs: [],
  wants: ['services', 'pods', 'ingresses', 'skyConfig'],
  after: ['api-server-answers'],
  docs: () => ({
    means:
      'You named a port that no Service and no Ingress opens for this cluster. Or a SkyServe controller has none of the ports 30001-30020, which SkyPilot opens when it launches the controller. The latter is a warning while the controller is younger than five minutes.',
    matters:
      "The app may listen, but nothing leads to it. SkyPilot's own output does not show this: it prints an address for each port in its own records, even if the Service does not have the port.",
    fix: 'Open the port now, without a relaunch. With `ports:` in the task, SkyPilot opens it at the next launch. For a SkyServe controller: take down its services, then the controller, and start the services again. SkyPilot only reads its own Service, so another Service does not help.',
    commands: [cure(command`kubectl skyports expose NAME PORT`, 'opens PORT')],
    sources: [
      'Checked live with 0.14.1: SkyPilot prints ports that are absent from the Service',
      'sky/backends/cloud_vm_ray_backend.py: ports are opened at launch only',
      'sky/serve/constants.py: LOAD_BALANCER_PORT_RANGE',
      'https://github.com/skypilot-org/skypilot/issues/3635',
    ],
  }),
  notApplicable(scene) {
    const { skyCluster, ports, mode } = scene.subject;
    if (mode) return 'the mode is checked before any port uses it';
    if (isPodIpMode(scene)) return 'podip mode needs nothing that opens a port';
    const isAsked = skyCluster && ports;
    return isAsked || serveControllers(scene).length > 0 ? undefined : 'no port was named';
  },
  needsHere: () => ['services'],
  find: (scene): RankedFinding[] => {
    const closed = serveControllers(scene).flatMap((each) => closedController(scene, each));
    const known = new Set(closed.flatMap(({ about }) => about));
    return [...closed, ...unopenedPorts(scene, known)];
  },
  ...rankedFindings,
});

/** The running SkyServe controllers among the SkyPilot clusters to check. */
function serveControllers(scene: Pick<Scene, 'view' | 'subject'>): SkyCluster[] {
  return skyClustersOf(scene).filter((skyCluster) => {
    const head = headPodOf(skyCluster);
    return controllerKindOf(skyCluster) === 'serve' && head !== undefined && isLive(head);
  });
}

/** The finding for a SkyServe controller, if SkyPilot opened none of its ports. */
function closedController(scene: Scene, skyCluster: SkyCluster): RankedFinding[] {
  const rows = endpointsOf({ view: scene.view, subject: { ...scene.subject, ports: undefined } }).filter(
    (row) => clusterKey(row) === clusterKey(skyCluster),
  );
  if (rows.some(({ managedBy, port }) => managedBy === 'skypilot' && isServePort(skyCluster, port))) return [];
  const head = headPodOf(skyCluster)!;
  const age = secondsBetween(head.metadata?.creationTimestamp, scene.takenAt);
  const isYoung = age !== undefined && age < patienceSeconds;
  const { displayName, nameOnCloud } = skyCluster;
  // No object of Kubernetes shows podip mode. Only SkyPilot's configuration can rule it out.
  const unless = scene.perhaps.skyConfig.observed ? '' : ', and none in podip mode';
  const name = displayName === nameOnCloud ? nameOnCloud : `${displayName} (${nameOnCloud})`;
  return [
    {
      about: [clusterKey(skyCluster)],
      objects: [podReference(head), ...rows.map(({ source }) => source[0]!)],
      evidence: [fieldOf(podReference(head), 'metadata.name', head.metadata?.name)],
      fact: `SkyServe controller ${name} has none of its ports ${servePortRange}: ${isYoung ? 'its launch may not be done yet (in progress)' : `SkyPilot opens them only when it launches the controller${unless}`}`,
      severity: isYoung ? 'warning' : 'error',
      cures: isYoung ? [controllerStatusCure('serve')] : launchServeAgain(skyCluster),
    },
  ];
}

/**
 * The finding for ports that the user named, if nothing opens them.
 * @param known SkyPilot clusters that have a finding already, by `clusterKey`
 */
function unopenedPorts({ view, subject }: Scene, known: ReadonlySet<string>): RankedFinding[] {
  const { skyCluster, ports = [] } = subject;
  if (!skyCluster) return [];
  const open = endpointsOf({ view, subject: { ...subject, ports: undefined } });
  const openPorts = new Set(open.map(({ port }) => port));
  const isSaid = (port: number) => known.has(clusterKey(skyCluster)) && isServePort(skyCluster, port);
  const missing = ports.filter((port) => !openPorts.has(port) && !isSaid(port));
  if (missing.length === 0) return [];
  const objects = [...new Map(open.map(({ source }) => [source[0]!.name, source[0]!])).values()];
  const evidence = objects.map((object) =>
    fieldOf(
      object,
      'ports',
      open.filter(({ source }) => source[0]!.name === object.name).map(({ port }) => port),
    ),
  );
  const pods = (view.skyClusterNamed(skyCluster.namespace, skyCluster.nameOnCloud)?.pods ?? []).map(podReference);
  const words = `port${missing.length === 1 ? '' : 's'} ${listed(rangesOf(missing))}`;
  const others = openPorts.size === 0 ? 'no port of it is open' : `open: ${listed(rangesOf([...openPorts]))}`;
  const kind = controllerKindOf(skyCluster);
  const controller = { serve: ', a SkyServe controller', jobs: ', the controller of managed jobs' };
  return [
    {
      about: [clusterKey(skyCluster)],
      // If no port is open, the finding names the Pods, because no other objects exist.
      objects: objects.length > 0 ? objects : pods,
      evidence: objects.length > 0 ? evidence : pods.map((pod) => fieldOf(pod, 'metadata.name', pod.name)),
      fact: `nothing opens ${words} of ${displayOf(skyCluster)}${kind ? controller[kind] : ''}; ${others}`,
      severity: 'error',
      cures: kind
        ? [controllerStatusCure(kind)]
        : [cure(exposeCommand(skyCluster, samePorts(missing)), missing.length === 1 ? 'opens it' : 'opens them')],
    },
  ];
}
