import type { Service } from 'kubernetes-types/core/v1';
import { advice, type Cure, command, cure } from '../../../errors/cure.ts';
import { externalAddressesOf } from '../../../exposure/external-addresses.ts';
import { annotatedAddressOf } from '../../../exposure/plan/plan-annotate.ts';
import { explainEvent, failuresFirst, isStillInProgress } from '../../../platforms/event-explanations.ts';
import { speakersAbout } from '../../../platforms/implementation.ts';
import { curesOf } from '../../../platforms/missing-implementation.ts';
import { pendingReasonsOf } from '../../../platforms/pending-reasons.ts';
import { kindContext } from '../../../skypilot/names.ts';
import { keyOf } from '../../../snapshot/object-reference.ts';
import { humanDuration } from '../../../snapshot/text.ts';
import type { CheckContext } from '../../check-context.ts';
import { defineCheck, type RankedFinding, rankedFindings } from '../../define-check.ts';
import { fieldOf, serviceReference } from '../../finding.ts';
import type { Fix } from '../../fix/fix.ts';
import { secondsBetween } from '../../format.ts';
import { curesInWords } from '../../subjects/again-with.ts';
import { controllerDown } from '../../subjects/controller-down.ts';
import { saidOfLoadBalancer } from '../../subjects/dependants.ts';
import { platformTopics } from '../../subjects/exposing-services.ts';
import { notInIngressMode, servedUnseen } from '../../subjects/ingress-mode.ts';
import {
  asksSkyPilot,
  controllerTopics,
  judgedControllers,
  printedAt,
  skyPilotsServiceTopics,
} from '../../subjects/judged-controllers.ts';
import { clusterPolicyCures } from '../../subjects/local-policy.ts';
import { annotateCures, annotateFix } from '../../subjects/node-proposal.ts';
import type { Said } from '../../subjects/said.ts';

interface NoExternalIp extends RankedFinding {
  readonly fix: Fix | undefined;
}

/** Seconds. Clouds take minutes to give an address. A younger Service without a warning counts as in progress. */
const patienceSeconds = 5 * 60;

export const ingressExternalIp = defineCheck({
  id: 'ingress-external-ip',
  group: 'controller',
  hop: 'address',
  onPath: true,
  breaksCalls: true,
  title: 'the ingress controller has an EXTERNAL-IP',
  severity: 'error',
  needs: ['services'],
  wants: [
    ...([...controllerTopics, ...platformTopics, 'controllerSlices', 'endpointSlices'] as const),
    ...(['events', 'handlerEvents', 'addressPools'] as const),
  ],
  after: ['api-server-answers', 'ingress-class-exists', 'ingress-class-owned', 'ingress-controller-service'],
  docs: () => ({
    means:
      "The ingress controller's Service has neither a load-balancer address nor `spec.externalIPs` (kubectl shows EXTERNAL-IP `<none>` or `<pending>`), nor the annotation `skypilot.co/external-ip`.",
    matters:
      "SkyPilot then prints `http://localhost:NODEPORT/…`, which looks valid but leads nowhere. It only works on SkyPilot's own kind cluster (context `kind-skypilot`), so the check passes there. SkyPilot's guide tells you to check this first.",
    fix: 'If the Service is of type NodePort, annotate it with an address where the nodePorts answer: one of the proposed nodes, or a host name. If it is a load balancer that stays `<pending>`, its events say why. Until that is fixed, the annotation helps.',
    commands: [cure(command`kubectl skyports annotate ADDRESS`, 'writes ADDRESS')],
    sources: [
      'SkyPilot: Exposing Services on Kubernetes (kubernetes-ports.rst)',
      'sky/provision/kubernetes/network_utils.py, get_ingress_external_ip_and_ports',
      'core/v1 Service, status.loadBalancer.ingress and spec.externalIPs',
    ],
  }),
  notApplicable(scene) {
    const other = notInIngressMode(scene) ?? servedUnseen(scene, skyPilotsServiceTopics(scene));
    if (other !== undefined || !areServicesSeen(scene)) return other;
    return judgedControllers(scene).length === 0 ? "there is no Service of the controller's" : undefined;
  },
  needsHere: (scene) => ['ingresses', ...(asksSkyPilot(scene) ? skyPilotsServiceTopics(scene) : [])],
  find: (scene) =>
    judgedControllers(scene).flatMap((controller): NoExternalIp[] => {
      const { service, about, isAskedBySkyPilot, rows } = controller;
      if (externalAddressesOf(service).length > 0 || annotatedAddressOf(service) !== undefined) return [];
      if (scene.context === kindContext) return [];
      if (!isAskedBySkyPilot && rows.every(({ address }) => address !== null)) return [];
      const reference = serviceReference(service);
      const { type = 'ClusterIP' } = service.spec ?? {};
      const { snapshot } = scene.view;
      const heard = { topics: snapshot.topics, takenAt: scene.takenAt };
      const said = saidOfLoadBalancer(service, scene.view, heard);
      const speakers = speakersAbout(service, snapshot);
      const [explanation] = failuresFirst(said).flatMap(
        (each) => explainEvent(each, speakers, { service, snapshot }) ?? [],
      );
      const known = [...pendingReasonsOf(service, snapshot, said[0]?.reason), ...controllerDown(service, snapshot)];
      const facts = known.filter(({ isGuess }) => !isGuess);
      const age = secondsBetween(service.metadata?.creationTimestamp, scene.takenAt);
      const isPending = type === 'LoadBalancer';
      const isYoung = isPending && said.every(isStillInProgress) && age !== undefined && age < patienceSeconds;
      const { prints, reason } = printedAt(scene, controller);
      const would = rows.length > 0 ? 'prints' : 'would print';
      const result = isAskedBySkyPilot
        ? `so ${prints === null ? nothingWords(reason) : `SkyPilot ${would} ${prints}`}`
        : `so no address leads to Ingress ${rows[0]?.source[0]?.namespace}/${rows[0]?.source[0]?.name}`;
      return [
        {
          about,
          objects: [reference],
          evidence: [
            fieldOf(reference, 'spec.type', type),
            fieldOf(reference, 'status.loadBalancer.ingress', service.status?.loadBalancer?.ingress),
            fieldOf(reference, 'spec.externalIPs', service.spec?.externalIPs),
            ...said.map(({ evidence }) => evidence),
          ],
          severity: isYoung ? 'warning' : 'error',
          fact: `Service ${keyOf(service)} is of type ${type} and has no external address${isPending ? pendingWords(scene, age, said, [...(explanation ? [explanation] : []), ...facts]) : ''}, ${result}`,
          cures: isYoung
            ? [waitingCure(service)]
            : hasEmptyEntry(service)
              ? [emptyEntryCure(service, said.length > 0)]
              : [
                  ...(explanation ? curesInWords(explanation, reference) : []),
                  ...facts.flatMap((fact) => [
                    ...(fact.isOfLocalPolicy
                      ? clusterPolicyCures({ service, owner: 'controller', exposing: undefined })
                      : []),
                    ...curesOf(fact),
                  ]),
                  ...annotateCures(scene, service),
                ],
          fix: isYoung || hasEmptyEntry(service) ? undefined : annotateFix(scene, service),
        },
      ];
    }),
  ...rankedFindings,
  fix: ({ fix }: NoExternalIp) => fix,
});

function areServicesSeen(scene: Pick<CheckContext, 'view' | 'namespace'>): boolean {
  return skyPilotsServiceTopics(scene).every((topic) => scene.view.snapshot.topics[topic].observed);
}

function nothingWords(reason: string): string {
  return reason.startsWith('SkyPilot ') ? reason : `SkyPilot prints nothing: ${reason}`;
}

/**
 * Describes the state of a Service that waits for an address. If the events are from one namespace only, a missing
 * event proves nothing.
 */
function pendingWords(
  { view, namespace }: Pick<CheckContext, 'view' | 'namespace'>,
  age: number | undefined,
  said: readonly Said[],
  reasons: readonly { readonly cause: string }[],
): string {
  const since = age === undefined ? '' : ` for ${humanDuration(Math.trunc(age))}`;
  const isSeen = view.snapshot.topics.events.observed && namespace === null;
  const silence = isSeen ? ', no warning event about the load balancer in the last hour' : '';
  const words = [...reasons.map(({ cause }) => cause), ...said.map((each) => each.words)];
  return ` (<pending>${since}${words.length > 0 ? `, ${words.join('; ')}` : silence})`;
}

/**
 * Whether the status of this Service contains an empty entry in place of an address. SkyPilot then reads only this
 * entry, and ignores the annotation `skypilot.co/external-ip`.
 */
function hasEmptyEntry({ status }: Service): boolean {
  return (status?.loadBalancer?.ingress ?? []).length > 0;
}

function emptyEntryCure({ metadata }: Service, areEventsShown: boolean): Cure {
  const why = 'the load balancer wrote an entry without IP and host name, and SkyPilot looks no further';
  if (areEventsShown) return advice(why);
  return cure(
    command`kubectl describe service ${metadata?.name} -n ${metadata?.namespace}`,
    `shows its events; ${why}`,
  );
}

function waitingCure({ metadata }: Service): Cure {
  return cure(
    command`kubectl get service ${metadata?.name} -n ${metadata?.namespace} --watch`,
    'shows when the address arrives; clouds take minutes',
  );
}
