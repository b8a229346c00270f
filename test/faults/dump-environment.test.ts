import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { admin, cluster, create } from '../helpers/cluster.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { withSkyCluster } from '../helpers/world.ts';

test('doctor --save leaves out the environment of Pods wherever it stands', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster('train');
  const applied = (secret: string) => ({
    'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ env: [{ name: 'HF_TOKEN', value: secret }] }),
  });
  const containers = [{ name: 'ray', image: 'x', env: [{ name: 'HF_TOKEN', value: 'secret-of-template' }] }];
  // A high-availability controller of SkyPilot is a Deployment.
  await create({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      ...{ name: `${nameOnCloud}-deployment`, namespace, labels: { 'skypilot-cluster-name': nameOnCloud } },
      annotations: applied('secret-of-deployment'),
    },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers } },
    },
  });
  const pod = `/api/v1/namespaces/${namespace}/pods/${nameOnCloud}-head`;
  await admin('PATCH', pod, { metadata: { annotations: applied('secret-of-pod') } });
  const file = join(mkdtempSync(join(cluster().temporaryFolder, 'review-')), 'dump.yaml');
  await skyports(['doctor', 'train', '--probe=false', '-n', namespace, '--save', file]);
  t.deepEqual(readFileSync(file, 'utf8').match(/secret-of-\w+/g), null);
});
