import { type Command, command, cure } from '../../../errors/cure.ts';
import { mappingOf } from '../../../exposure/port-mapping.ts';
import { literalPathOf } from '../../../modes/ingress/paths.ts';
import { ingressPath } from '../../../skypilot/names.ts';
import { operandOf } from '../../../skypilot/operand.ts';
import { keyOf, type ObjectReference } from '../../../snapshot/object-reference.ts';
import { itemsOf } from '../../../snapshot/topics.ts';
import { clusterKey } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { type Evidence, fieldOf } from '../../finding.ts';
import { exposeCommand } from '../../format.ts';
import { ingressRows, isPrintedByPath, judgedPaths, notInIngressMode } from '../../subjects/ingress-mode.ts';

interface StalePath {
  readonly about: readonly string[];
  readonly objects: readonly ObjectReference[];
  readonly evidence: readonly Evidence[];
  readonly port: number;
  /** The path that SkyPilot prints; undefined if SkyPilot computes no path for the port. */
  readonly printed: string | undefined;
  /** The path that the Ingress actually serves; undefined if no Ingress leads to the port. */
  readonly served: string | undefined;
  readonly command: Command | null;
}

export const ingressPathCurrent = defineCheck({
  id: 'ingress-path-current',
  group: 'ingress',
  onPath: true,
  title: 'the Ingress serves the path that SkyPilot prints',
  severity: 'error',
  needs: ['services'],
  wants: ['pods', 'ingresses'],
  after: ['api-server-answers', 'no-orphans', 'head-pod-exists', 'ingress-backend-exists'],
  docs: () => ({
    means:
      'SkyPilot would print a path that no Ingress serves. Or a port has the Service of ingress mode, but no Ingress leads to it.',
    matters:
      'SkyPilot computes the path from the namespace, the name and the port, and never reads the Ingress. An Ingress from before 0.6 serves `/skypilot/C/P`. The path of one from before 0.13 may contain another namespace, that of the kubeconfig context at the time. The URL that SkyPilot prints answers 404.',
    fix: 'SkyPilot writes its Ingress again when you launch the cluster again, or when a launch adds a port. If no Ingress exists, create one.',
    commands: [
      cure(command`kubectl skyports endpoints NAME`, 'shows the URL that the Ingress serves'),
      cure(command`kubectl skyports expose NAME PORT --mode ingress`, 'makes an Ingress'),
    ],
    sources: [
      'sky/provision/kubernetes/network_utils.py, get_ingress_external_ip_and_ports and its caller in network.py',
      'https://github.com/skypilot-org/skypilot/pull/3373',
      'https://github.com/skypilot-org/skypilot/pull/9640',
    ],
  }),
  notApplicable: notInIngressMode,
  needsHere: () => ['ingresses'],
  find(scene): StalePath[] {
    const paths = judgedPaths(scene);
    const served = new Set(
      itemsOf(scene.view.snapshot.topics.ingresses).flatMap((ingress) =>
        (ingress.spec?.rules ?? [])
          .filter(({ host }) => !host)
          .flatMap(({ http }) => (http?.paths ?? []).map(({ path }) => literalPathOf(path ?? ''))),
      ),
    );
    const seen = new Set<string>();
    return ingressRows(scene).flatMap((row) => {
      const printed = isPrintedByPath(row) ? ingressPath(row.namespace, row.nameOnCloud, row.port) : undefined;
      const [reference] = row.source;
      const isAlone = reference?.kind === 'Service';
      const key = `${clusterKey(row)} ${row.port}`;
      if (!reference || seen.has(key) || (!isAlone && (printed === undefined || served.has(printed)))) return [];
      seen.add(key);
      const own = paths.find(
        (path) => keyOf(path.ingress) === keyOfReference(reference) && path.mapping.servicePort === row.port,
      );
      const subject = { displayName: row.skyCluster, nameOnCloud: row.nameOnCloud, namespace: row.namespace };
      const mapping = mappingOf(row, scene.view.skyClusterNamed(row.namespace, row.nameOnCloud));
      return [
        {
          about: [clusterKey(row)],
          servicePorts: [row.port],
          objects: row.source,
          evidence: own
            ? [fieldOf(reference, 'spec.rules[].http.paths[].path', own.path.path)]
            : [fieldOf(reference, 'spec.ports[].port', row.port)],
          port: row.port,
          printed,
          served: own && literalPathOf(own.path.path),
          command: isAlone
            ? exposeCommand(subject, [mapping], 'ingress')
            : command`kubectl skyports endpoints ${operandOf(row)} -n ${row.namespace}`,
        },
      ];
    });
  },
  say({ objects, port, printed, served }) {
    const { kind, namespace, name } = objects[0]!;
    const what = `${kind} ${namespace}/${name}`;
    if (served === undefined) {
      const still = printed === undefined ? '' : `; SkyPilot prints the path ${printed} anyway`;
      return `no Ingress leads to ${what}${still}`;
    }
    return `${what} serves port ${port} under ${served}, and SkyPilot prints ${printed}, where nothing answers`;
  },
  cures: (found) => [
    cure(
      found.command,
      found.served === undefined
        ? 'creates an Ingress with its own path'
        : "shows the URL that works; SkyPilot's own is right again after a new launch",
    ),
  ],
});

function keyOfReference({ namespace, name }: ObjectReference): string {
  return `${namespace}/${name}`;
}
