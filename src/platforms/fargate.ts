import type { Service } from 'kubernetes-types/core/v1';
import { command, cure } from '../errors/cure.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { detectPlatforms } from './detect.ts';
import { implementationOf } from './implementation.ts';
import type { PendingReason } from './missing-implementation.ts';

const computeType = 'eks.amazonaws.com/compute-type';

/**
 * Explains why a Service has no address in an EKS cluster that only has Fargate nodes. The load balancers of AWS's own
 * cloud controller only lead to EC2 instances. If no instance exists, the controller reports no error. Source:
 * eksctl-io/eksctl#3874, aws/containers-roadmap#617.
 */
export function onlyFargate(service: Service, snapshot: Snapshot): PendingReason | undefined {
  if (!hasOnlyFargate(snapshot)) return undefined;
  const known = implementationOf(service, detectPlatforms(snapshot));
  if (known && known.id !== 'aws-in-tree') return undefined;
  return {
    cause: 'every node is of AWS Fargate, and the load balancers of EKS itself lead to instances only',
    steps: [
      cure(
        command`helm upgrade --install aws-load-balancer-controller aws-load-balancer-controller --repo https://aws.github.io/eks-charts --namespace kube-system --set clusterName=CLUSTER,region=REGION,vpcId=VPC`,
        'installs the AWS Load Balancer Controller, which leads to Pods; its role needs an IAM policy first, as its documentation says',
      ),
    ],
    advice:
      'then a new Service with --class service.k8s.aws/nlb and --annotation service.beta.kubernetes.io/aws-load-balancer-nlb-target-type=ip gets an address',
    isSure: true,
  };
}

/**
 * Whether all nodes are from AWS Fargate. A Fargate node runs only one Pod, and nodePorts do not lead to this Pod
 * (https://docs.aws.amazon.com/eks/latest/userguide/fargate.html). False if nodes were not seen.
 */
export function hasOnlyFargate({ topics: { nodes } }: Pick<Snapshot, 'topics'>): boolean {
  if (!nodes.observed || nodes.cutOff || nodes.items.length === 0) return false;
  return nodes.items.every(({ metadata }) => metadata?.labels?.[computeType] === 'fargate');
}
