import { command, cure } from '../../../errors/cure.ts';
import { clusterKey } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf, serviceReference } from '../../finding.ts';
import { knownLoadBalancers, platformTopics } from '../../subjects/exposing-services.ts';
import { publicCures, unaskedInternal } from '../../subjects/unasked-internal.ts';

export const loadBalancerScheme = defineCheck({
  id: 'load-balancer-scheme',
  group: 'load-balancer',
  onPath: false,
  title: 'no load balancer is internal unless you asked for it',
  severity: 'info',
  needs: ['services'],
  wants: ['pods', ...platformTopics],
  after: ['api-server-answers', 'load-balancer-address'],
  docs: () => ({
    means:
      'The implementation of this load balancer creates internal ones by default (AWS Load Balancer Controller, EKS Auto Mode, CoreWeave), and this Service does not set a scheme. The host name does not show that it is internal.',
    matters:
      "The port only answers inside the VPC. SkyPilot's guide warns about this on EKS; SkyPilot itself sets a scheme only on CoreWeave.",
    fix: "If you want an internal load balancer, do nothing. Otherwise, create this plugin's Service again with `--scheme public`, and let SkyPilot create its own again. A load balancer cannot be switched safely in place.",
    commands: [
      cure(command`kubectl skyports config scheme public`, 'makes the load balancers of new SkyPilot clusters public'),
    ],
    sources: [
      'aws-load-balancer-controller docs/guide/service/nlb.md: aws-load-balancer-scheme, internal by default',
      'kubectl skyports help platforms NAME: the default of each',
    ],
  }),
  notApplicable: (scene) =>
    knownLoadBalancers(scene).length === 0 ? 'no load balancer with a known platform' : undefined,
  find: (scene) =>
    unaskedInternal(scene).map((each) => {
      const reference = serviceReference(each.service);
      return {
        ...each,
        about: [clusterKey(each.skyCluster)],
        objects: [reference],
        evidence: [fieldOf(reference, 'metadata.annotations', Object.keys(each.service.metadata?.annotations ?? {}))],
      };
    }),
  say: ({ service, loadBalancer }) =>
    `Service ${service.metadata?.name} sets no scheme, and ${loadBalancer.title} creates internal load balancers by default: only its own network can call it`,
  cures: (finding) => publicCures(finding),
});
