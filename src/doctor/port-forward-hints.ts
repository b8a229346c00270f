import { type Cure, command, cure } from '../errors/cure.ts';
import { type Endpoint, isOpenedInAdvance } from '../exposure/endpoint.ts';
import { mappingOf } from '../exposure/port-mapping.ts';
import type { SnapshotIndex } from '../exposure/snapshot-index.ts';
import { allModes } from '../modes/all-modes.ts';
import { controllerKindOf } from '../skypilot/controllers.ts';
import { operandOf } from '../skypilot/operand.ts';
import { headPodOf, isLive, type SkyCluster } from '../skypilot/sky-cluster.ts';
import { clusterKey, type Subject } from './check-context.ts';
import type { Verdict } from './judge.ts';

/**
 * Commands that reach the app even if something outside of its Pod is broken. `forward` connects to the head Pod
 * through the API server. The result has at most one command for each SkyPilot cluster with a running head. If some
 * SkyPilot clusters have findings, the others need no command.
 * @param rows all endpoints of these clusters; each row maps a Service port to a Pod port
 */
export function portForwardHintsOf(
  view: SnapshotIndex,
  subject: Subject,
  rows: readonly Endpoint[],
  verdicts: readonly Verdict[],
): Cure[] {
  const named = subject.skyCluster;
  const judged = named
    ? [view.skyClusterNamed(named.namespace, named.nameOnCloud)].filter((each) => each !== undefined)
    : view.skyClusters;
  const inTrouble = new Set(
    verdicts.flatMap(({ findings }) => findings.filter(({ severity }) => severity !== 'info').flatMap((f) => f.about)),
  );
  // If two head Pods use the same port of a node, the app of the other SkyPilot cluster may answer.
  const shared = new Set(
    verdicts.flatMap(({ check, findings }) =>
      check.id === 'host-network-ports' ? findings.flatMap(({ about }) => about) : [],
    ),
  );
  const broken = inTrouble.has('*') ? judged : judged.filter((each) => inTrouble.has(clusterKey(each)));
  const rowsBySkyCluster = Map.groupBy(rows, clusterKey);
  return (broken.length > 0 ? broken : judged).flatMap((each) =>
    shared.has(clusterKey(each)) ? [] : portForward(each, subject.ports, rowsBySkyCluster.get(clusterKey(each)) ?? []),
  );
}

function portForward(skyCluster: SkyCluster, asked: Subject['ports'], rows: readonly Endpoint[]): Cure[] {
  const head = headPodOf(skyCluster);
  if (!head?.metadata?.name || !isLive(head) || head.status?.phase !== 'Running') return [];
  const own = rows.filter(({ mode, protocol }) => allModes[mode].recordsPorts && protocol === 'TCP');
  const ports = asked ?? own.filter((row) => !isOpenedInAdvance(row)).map(({ port }) => port);
  const words = ports.map((port) => {
    const row = own.find((each) => each.port === port);
    return forwarded(row ? mappingOf(row, skyCluster).targetPort : port);
  });
  const place = skyCluster.namespace;
  if (words.length > 0) {
    return [cure(command`kubectl skyports forward ${operandOf(skyCluster)} ${[...new Set(words)]} -n ${place}`)];
  }
  if (controllerKindOf(skyCluster)) return [];
  return [
    cure(command`kubectl skyports forward ${operandOf(skyCluster)} PORT -n ${place}`, 'PORT is the port of the app'),
  ];
}

/**
 * The argument of `forward` for a Pod port: `8888`. Only an administrator can listen on a low port, so Pod port 80
 * becomes `8080:80`.
 */
function forwarded(podPort: number): string {
  return podPort < 1024 ? `${podPort + 8000}:${podPort}` : `${podPort}`;
}
