import test from 'ava';
import { mappingOf, samePorts } from '../../src/exposure/port-mapping.ts';
import { skyNames, skyPod } from '../helpers/skypilot-objects.ts';

const pod = skyPod(skyNames('default', 'train'));
pod.spec = { ...pod.spec, containers: [{ name: 'ray-node', ports: [{ name: 'ui', containerPort: 7860 }] }] };
const skyCluster = { displayName: 'train', nameOnCloud: 'train-2ea485ef', namespace: 'default', pods: [pod] };

test('a port leads where its targetPort says, a name as the head Pod has it', (t) => {
  t.deepEqual(mappingOf({ port: 80, targetPort: 9000 }, skyCluster), { servicePort: 80, targetPort: 9000 });
  t.deepEqual(mappingOf({ port: 80, targetPort: '9000' }, skyCluster), { servicePort: 80, targetPort: 9000 });
  t.deepEqual(mappingOf({ port: 80 }, skyCluster), { servicePort: 80, targetPort: 80 });
  t.deepEqual(mappingOf({ port: 80, targetPort: 'ui' }, skyCluster), { servicePort: 80, targetPort: 7860 });
});

test('a name that nobody can look up leaves the Service port', (t) => {
  t.deepEqual(mappingOf({ port: 80, targetPort: 'api' }, skyCluster), { servicePort: 80, targetPort: 80 });
  t.deepEqual(mappingOf({ port: 80, targetPort: 'ui' }, undefined), { servicePort: 80, targetPort: 80 });
  t.deepEqual(samePorts([1, 2]), [
    { servicePort: 1, targetPort: 1 },
    { servicePort: 2, targetPort: 2 },
  ]);
});
