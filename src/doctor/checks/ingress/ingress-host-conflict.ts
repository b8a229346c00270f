import type { Ingress } from 'kubernetes-types/networking/v1';
import { advice, type Command, command, cure, part } from '../../../errors/cure.ts';
import { ingressClassOf } from '../../../exposure/controllers/ingress-address.ts';
import { backendsOfIngress } from '../../../modes/ingress/paths.ts';
import { apiServer, isApiServerIngress } from '../../../skypilot/api-server.ts';
import { keyOf, type ObjectReference, referenceTo } from '../../../snapshot/object-reference.ts';
import { itemsOf } from '../../../snapshot/topics.ts';
import { clusterKey } from '../../check-context.ts';
import { defineCheck, type Severity } from '../../define-check.ts';
import { type Evidence, fieldOf } from '../../finding.ts';
import { exposeCommand } from '../../format.ts';
import { judgedPaths, notInIngressMode } from '../../subjects/ingress-mode.ts';

interface Conflict {
  readonly about: readonly string[];
  readonly objects: readonly ObjectReference[];
  readonly evidence: readonly Evidence[];
  readonly where: string;
  /** A description of the app behind the other Ingress. */
  readonly rivalApp: string;
  readonly severity: Severity;
  /**
   * The command that opens the port at its own path. Undefined if this plugin created the Ingress, because `expose` can
   * then change the path of this Ingress.
   */
  readonly command: Command | null | undefined;
}

export const ingressHostConflict = defineCheck({
  id: 'ingress-host-conflict',
  group: 'ingress',
  onPath: true,
  breaksCalls: true,
  title: 'no other Ingress has the same host and path',
  severity: 'error',
  needs: ['services'],
  wants: ['pods', 'ingresses', 'ingressClasses'],
  after: ['api-server-answers', 'ingress-class-exists', 'ingress-class-owned'],
  docs: () => ({
    means: 'Two Ingresses of one controller lead the same host and path to different Services.',
    matters:
      "ingress-nginx uses the rule of the older Ingress, so requests for the port reach another app. ingress-nginx's admission webhook refuses the second Ingress, but both exist if the webhook is off. Canary Ingresses share a path on purpose, so they are not reported.",
    fix: 'Change the host or path of one of them. Ports that this plugin opens have their own paths.',
    commands: [cure(command`kubectl skyports expose NAME PORT --mode ingress`, 'opens PORT under its own path')],
    sources: ['ingress-nginx docs/how-it-works.md, building the NGINX model: "the oldest rule wins"'],
  }),
  notApplicable: notInIngressMode,
  needsHere: () => ['ingresses'],
  find(scene): Conflict[] {
    const controllerOf = (ingress: Ingress) => {
      const { name, class: ingressClass } = ingressClassOf(scene.view, ingress);
      return ingressClass?.spec?.controller ?? name ?? '';
    };
    const placeOf = (ingress: Ingress, host: string | undefined, path: string) =>
      `${controllerOf(ingress)} ${host ?? ''} ${path}`;
    const byPlace = new Map<string, { ingress: Ingress; target: string }[]>();
    for (const ingress of itemsOf(scene.view.snapshot.topics.ingresses)) {
      if (ingress.metadata?.annotations?.['nginx.ingress.kubernetes.io/canary'] === 'true') continue;
      for (const { host, path, serviceName, servicePort } of backendsOfIngress(ingress)) {
        const place = placeOf(ingress, host, path);
        const target = `${ingress.metadata?.namespace}/${serviceName} ${servicePort.number ?? servicePort.name}`;
        byPlace.set(place, [...(byPlace.get(place) ?? []), { ingress, target }]);
      }
    }
    return judgedPaths(scene).flatMap(({ ingress, path, skyCluster, mapping, owner }): Conflict[] => {
      const sharing = byPlace.get(placeOf(ingress, path.host, path.path)) ?? [];
      const own = sharing.find((each) => each.ingress === ingress);
      const others = sharing.filter((each) => each.ingress !== ingress && each.target !== own?.target);
      const [rival] = [...others].sort((a, b) => ageOf(a.ingress).localeCompare(ageOf(b.ingress)));
      if (!own || !rival || keyOf(rival.ingress) === keyOf(ingress)) return [];
      const [reference, rivalReference] = [ingress, rival.ingress].map((each) => referenceTo('Ingress', each));
      return [
        {
          about: [clusterKey(skyCluster)],
          objects: [reference!, rivalReference!],
          evidence: [
            fieldOf(reference!, 'spec.rules[].http.paths[].path', path.path),
            fieldOf(reference!, 'metadata.creationTimestamp', ingress.metadata?.creationTimestamp),
            fieldOf(rivalReference!, 'metadata.creationTimestamp', rival.ingress.metadata?.creationTimestamp),
          ],
          where: `${path.host ?? 'all hosts'}, path ${path.path || '(default backend)'}`,
          severity: severityFor(ingress, rival.ingress),
          rivalApp: isApiServerIngress(rival.ingress) ? apiServer : 'another app',
          command:
            owner === 'kubectl-skyports'
              ? undefined
              : exposeCommand(
                  skyCluster,
                  [mapping],
                  'ingress',
                  owner === 'skypilot' ? part`--beside-skypilot` : undefined,
                ),
        },
      ];
    });
  },
  say({ objects: [own, rival], where, severity, rivalApp }) {
    const both = `Ingress ${own!.namespace}/${own!.name} and Ingress ${rival!.namespace}/${rival!.name} both claim ${where}`;
    if (severity === 'info') return `${both}; ingress-nginx uses the first, which is older`;
    return severity === 'error'
      ? `${both}; ingress-nginx uses the second, which is older, so requests go to ${rivalApp}`
      : `${both}; which one answers is unknown`;
  },
  cures({ command, severity }) {
    if (severity === 'info') return [advice('this port is not affected')];
    return command === undefined
      ? [advice('give one of the two another host or path, with --host or --path of expose')]
      : [cure(command, 'opens the port under its own path')];
  },
  severityOf: ({ severity }) => severity,
});

function ageOf({ metadata }: Ingress): string {
  return metadata?.creationTimestamp ?? '';
}

function severityFor(own: Ingress, rival: Ingress): Severity {
  const [ours, theirs] = [ageOf(own), ageOf(rival)];
  if (ours === '' || theirs === '' || ours === theirs) return 'warning';
  return ours < theirs ? 'info' : 'error';
}
