import type { Service } from 'kubernetes-types/core/v1';
import { command, cure } from '../../../errors/cure.ts';
import { isSignpost } from '../../../exposure/controllers/signpost.ts';
import { externalAddressesOf } from '../../../exposure/external-addresses.ts';
import { annotatedAddressOf } from '../../../exposure/plan/plan-annotate.ts';
import { externalIpAnnotation } from '../../../skypilot/names.ts';
import { keyOf, type ObjectReference } from '../../../snapshot/object-reference.ts';
import { defineCheck } from '../../define-check.ts';
import { type Evidence, fieldOf, serviceReference } from '../../finding.ts';
import { notInIngressMode, servedUnseen } from '../../subjects/ingress-mode.ts';
import {
  asksSkyPilot,
  controllerTopics,
  judgedControllers,
  skyPilotsServiceTopics,
} from '../../subjects/judged-controllers.ts';

interface IgnoredAnnotation {
  readonly about: readonly string[];
  readonly objects: readonly ObjectReference[];
  readonly evidence: readonly Evidence[];
  readonly annotated: Service;
  readonly service: string;
  readonly value: string;
  readonly used: string;
  readonly from: string;
  readonly isSignpost: boolean;
}

export const externalIpAnnotationEffective = defineCheck({
  id: 'external-ip-annotation-effective',
  group: 'controller',
  onPath: false,
  title: 'SkyPilot uses the annotation external-ip',
  severity: 'warning',
  needs: ['services'],
  wants: controllerTopics,
  after: ['api-server-answers', 'ingress-controller-service'],
  docs: () => ({
    means: `The controller's Service has the annotation \`${externalIpAnnotation}\`, but also a load-balancer address or \`spec.externalIPs\`. SkyPilot prefers those.`,
    matters:
      'The URLs have the other address, not the one in the annotation. If the other address works, the port is reachable, but changes to the annotation have no effect.',
    fix: "Remove the annotation. Or, if the annotation is right, remove the other address. If you want a domain name for a load balancer, create a DNS record: SkyPilot always prints the load balancer's own address.",
    commands: [cure(command`kubectl skyports annotate --remove`, 'removes the annotation')],
    sources: ['sky/provision/kubernetes/network_utils.py, get_ingress_external_ip_and_ports: the order of the three'],
  }),
  notApplicable: (scene) => notInIngressMode(scene) ?? servedUnseen(scene, skyPilotsServiceTopics(scene)),
  needsHere: (scene) => ['ingresses', ...(asksSkyPilot(scene) ? skyPilotsServiceTopics(scene) : [])],
  find: (scene) =>
    judgedControllers(scene).flatMap(({ service, about, isAskedBySkyPilot }): IgnoredAnnotation[] => {
      const value = annotatedAddressOf(service);
      const [used] = externalAddressesOf(service);
      if (!isAskedBySkyPilot || value === undefined || !used || used.address === value) return [];
      const reference = serviceReference(service);
      return [
        {
          about,
          objects: [reference],
          evidence: [
            fieldOf(reference, `metadata.annotations["${externalIpAnnotation}"]`, value),
            fieldOf(reference, used.from, used.address),
          ],
          annotated: service,
          service: keyOf(service),
          value,
          used: used.address,
          from: used.from,
          isSignpost: isSignpost(service),
        },
      ];
    }),
  say: ({ service, value, used, from }) =>
    `annotation ${externalIpAnnotation} of Service ${service} is "${value}", and SkyPilot prints ${used}, from ${from}, instead`,
  cures: ({ value, isSignpost }) =>
    isSignpost
      ? [cure(command`kubectl skyports annotate --signpost ${value}`, 'uses the annotated address, if that is right')]
      : [cure(command`kubectl skyports annotate --remove`, 'removes the annotation, which has no effect')],
  fix: ({ annotated, isSignpost }) => (isSignpost ? undefined : { do: 'annotate', service: annotated, value: null }),
});
