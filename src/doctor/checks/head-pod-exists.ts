import { headPodOf } from '../../skypilot/sky-cluster.ts';
import { defineCheck } from '../define-check.ts';
import { aboutOf, skyClustersOf } from '../scene.ts';
import { displayOf } from '../words.ts';

export const headPodExists = defineCheck({
  id: 'head-pod-exists',
  link: 'pods',
  title: 'every SkyPilot cluster has its head Pod',
  severity: 'error',
  needs: ['pods'],
  after: ['api-server-answers'],
  docs: {
    means: 'There are Pods of a SkyPilot cluster, and none of them is its head.',
    matters:
      "SkyPilot's app runs on the head unless it says otherwise, and `kubectl skyports expose` sends traffic there alone.",
    mend: 'Relaunch the cluster with `sky launch -c NAME`, or take it down with `sky down NAME`.',
    sources: ['sky/templates/kubernetes-ray.yml.j2: labels skypilot-head-node, ray-node-type'],
  },
  find: (scene) =>
    skyClustersOf(scene)
      .filter((skyCluster) => skyCluster.pods.length > 0 && !headPodOf(skyCluster))
      .map((skyCluster) => ({
        about: [aboutOf(skyCluster)],
        objects: skyCluster.pods.map(({ metadata }) => ({
          kind: 'Pod',
          namespace: skyCluster.namespace,
          name: metadata?.name ?? '',
        })),
        evidence: [],
        skyCluster,
      })),
  say: ({ skyCluster }) => `${displayOf(skyCluster)} has ${skyCluster.pods.length} Pods and no head among them`,
  cure: ({ skyCluster }) => ({ command: `sky launch -c ${skyCluster.displayName}`, note: 'starts the head again' }),
});
