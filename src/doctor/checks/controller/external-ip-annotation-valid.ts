import { command, cure } from '../../../errors/cure.ts';
import { externalAddressesOf } from '../../../exposure/external-addresses.ts';
import { hostWithin, whyUnusable } from '../../../exposure/plan/external-address.ts';
import { annotatedAddressOf } from '../../../exposure/plan/plan-annotate.ts';
import { externalIpAnnotation } from '../../../skypilot/names.ts';
import { keyOf } from '../../../snapshot/object-reference.ts';
import { defineCheck, type ToldFinding, toldFindings } from '../../define-check.ts';
import { fieldOf, serviceReference } from '../../finding.ts';
import type { Fix } from '../../fix/fix.ts';
import { notInIngressMode, servedUnseen } from '../../subjects/ingress-mode.ts';
import {
  asksSkyPilot,
  controllerTopics,
  judgedControllers,
  printedAt,
  skyPilotsServiceTopics,
} from '../../subjects/judged-controllers.ts';
import { annotateCures, annotateFix, annotationFix } from '../../subjects/node-proposal.ts';

interface InvalidAnnotation extends ToldFinding {
  readonly fix: Fix | undefined;
}

export const externalIpAnnotationValid = defineCheck({
  id: 'external-ip-annotation-valid',
  group: 'controller',
  hop: 'address',
  onPath: true,
  title: 'the annotation external-ip is a bare IPv4 address or name',
  severity: 'error',
  needs: ['services'],
  wants: [...controllerTopics, 'nodes', 'controllerSlices', 'endpointSlices'],
  after: ['api-server-answers', 'ingress-class-exists', 'ingress-class-owned', 'ingress-controller-service'],
  docs: () => ({
    means: `The annotation \`${externalIpAnnotation}\` of the controller's Service is empty, or has a scheme, a port, a path or an IPv6 address in it.`,
    matters:
      'SkyPilot puts the value between `http://` and `:NODEPORT` without a check, so the URL is invalid: `http://http://…`, `host:8080:32080`, or an IPv6 address without brackets. If the Service has an address, SkyPilot does not read the annotation, and the check ignores it.',
    fix: 'Write a bare IPv4 address or host name; SkyPilot appends the nodePort.',
    commands: [cure(command`kubectl skyports annotate ADDRESS`, 'writes ADDRESS')],
    sources: ['sky/provision/kubernetes/network_utils.py, get_ingress_external_ip_and_ports'],
  }),
  notApplicable: (scene) => notInIngressMode(scene) ?? servedUnseen(scene, skyPilotsServiceTopics(scene)),
  needsHere: (scene) => ['ingresses', ...(asksSkyPilot(scene) ? skyPilotsServiceTopics(scene) : [])],
  find: (scene) =>
    judgedControllers(scene).flatMap((controller): InvalidAnnotation[] => {
      const { service, about, isAskedBySkyPilot } = controller;
      const value = annotatedAddressOf(service);
      const why = value === undefined ? undefined : whyUnusable(value);
      if (value === undefined || why === undefined || externalAddressesOf(service).length > 0) return [];
      const reference = serviceReference(service);
      const { prints } = printedAt(scene, controller);
      const result = isAskedBySkyPilot && prints !== null ? `, so SkyPilot prints ${prints}` : '';
      const meant = hostWithin(value);
      return [
        {
          about,
          objects: [reference],
          evidence: [fieldOf(reference, `metadata.annotations["${externalIpAnnotation}"]`, value)],
          fact: `annotation ${externalIpAnnotation} of Service ${keyOf(service)} is "${value}"${result}`,
          cures:
            whyUnusable(meant) === undefined
              ? [cure(command`kubectl skyports annotate ${meant}`, why)]
              : annotateCures(scene, service),
          fix: whyUnusable(meant) === undefined ? annotationFix(service, meant) : annotateFix(scene, service),
        },
      ];
    }),
  ...toldFindings,
  fix: ({ fix }: InvalidAnnotation) => fix,
});
