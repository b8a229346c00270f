import test from 'ava';
import type { Service } from 'kubernetes-types/core/v1';
import { signpostService, signpostStatus } from '../../../src/exposure/controllers/signpost.ts';
import { managersDeclaring } from '../../../src/exposure/plan/annotation-owners.ts';
import { troubleOfAnnotation, withAnnotatedAddress } from '../../../src/exposure/plan/plan-annotate.ts';
import { externalIpAnnotation } from '../../../src/skypilot/names.ts';
import { printedForIngress } from '../../../src/skypilot/printed-endpoint.ts';
import { seen } from '../../helpers/look.ts';
import { ingressNginxService } from '../../helpers/skypilot-objects.ts';

/** The controller's Service of type NodePort, as the API server keeps it. */
function nodePortService(changes: Partial<NonNullable<Service['spec']>> = {}): Service {
  const service = ingressNginxService({ type: 'NodePort' });
  const ports = service.spec!.ports!.map((port, index) => ({ ...port, nodePort: 32080 + index }));
  return { ...service, spec: { ...service.spec, ports, ...changes } };
}

const withStatus = (service: Service, ingress: object[]): Service => ({
  ...service,
  status: { loadBalancer: { ingress } },
});

const ports = nodePortService().spec!.ports!;
const ineffective: Readonly<Record<string, readonly [Service, fact: RegExp, cure: RegExp]>> = {
  'a load-balancer address': [
    withStatus(nodePortService(), [{ ip: '203.0.113.80' }]),
    /given .* 203\.0\.113\.80; SkyPilot prints that and ignores/,
    /^kubectl get service ingress-nginx-controller -n ingress-nginx -o yaml$/,
  ],
  'a load-balancer host name': [
    withStatus(nodePortService(), [{ hostname: 'lb.example.com' }]),
    /lb\.example\.com/,
    /^kubectl get service/,
  ],
  'a load-balancer entry without address': [
    withStatus(nodePortService(), [{}]),
    /without address/,
    /^kubectl get service/,
  ],
  externalIPs: [
    nodePortService({ externalIPs: ['203.0.113.9'] }),
    /externalIPs .* 203\.0\.113\.9; SkyPilot prints that and ignores/,
    /^kubectl edit service ingress-nginx-controller -n ingress-nginx$/,
  ],
  'no port named http': [
    nodePortService({ ports: [{ ...ports[0]!, name: 'web' }, ports[1]!] }),
    /no port named http: SkyPilot crashes \(IndexError\)/,
    /^kubectl edit service/,
  ],
  'no port named https': [nodePortService({ ports: [ports[0]!] }), /no port named https/, /^kubectl edit service/],
  ClusterIP: [
    ingressNginxService({ type: 'ClusterIP' }),
    /type ClusterIP\) has no nodePort: SkyPilot crashes \(TypeError\)/,
    /"type":"NodePort"/,
  ],
  'a LoadBalancer without nodePorts': [
    ingressNginxService(),
    /type LoadBalancer\) has no nodePort/,
    /"allocateLoadBalancerNodePorts":true/,
  ],
  'a signpost': [
    withStatus(signpostService(), [...signpostStatus('203.0.113.7').loadBalancer.ingress]),
    /is a signpost with the address 203\.0\.113\.7/,
    /--signpost ADDRESS/,
  ],
};

const printed = (service: Service) =>
  printedForIngress(seen([service]), { namespace: 'ml', nameOnCloud: 'train-2ea485ef', port: 8888 });

for (const [name, [service, fact, cure]] of Object.entries(ineffective)) {
  test(`${name} makes the annotation useless, and SkyPilot's own rules agree`, (t) => {
    const trouble = troubleOfAnnotation(service);
    t.regex(trouble?.fact ?? '', fact);
    t.regex(trouble?.cures[0]?.command ?? '', cure);
    t.false(printed(withAnnotatedAddress(service, '198.51.100.1')).prints?.includes('198.51.100.1') ?? false);
  });
}

test('on a NodePort Service, and on a LoadBalancer that waits, SkyPilot uses the annotation', (t) => {
  for (const service of [
    nodePortService(),
    nodePortService({ type: 'LoadBalancer' }),
    nodePortService({ externalIPs: [] }),
  ]) {
    t.is(troubleOfAnnotation(service), undefined);
    t.is(
      printed(withAnnotatedAddress(service, '198.51.100.1')).prints,
      'http://198.51.100.1:32080/skypilot/ml/train-2ea485ef/8888',
    );
  }
});

test('setting and removing leave every other annotation', (t) => {
  const service = { metadata: { annotations: { a: 'b', [externalIpAnnotation]: 'old' } } };
  t.deepEqual(withAnnotatedAddress(service, 'new'), {
    metadata: { annotations: { a: 'b', [externalIpAnnotation]: 'new' } },
  });
  t.deepEqual(withAnnotatedAddress(service, null), { metadata: { annotations: { a: 'b' } } });
});

const owning = (manager: string, operation: 'Apply' | 'Update', key = externalIpAnnotation) => ({
  manager,
  operation,
  fieldsV1: { 'f:metadata': { 'f:annotations': { [`f:${key}`]: {} } } },
});

const declaring: Readonly<Record<string, readonly [object, readonly string[]]>> = {
  'a server-side applier': [{ managedFields: [owning('argocd-controller', 'Apply')] }, ['argocd-controller']],
  'Helm by updates': [{ managedFields: [owning('helm', 'Update')] }, ['helm']],
  "kubectl apply's record": [
    {
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({
          metadata: { annotations: { [externalIpAnnotation]: 'x' } },
        }),
      },
    },
    ['kubectl apply'],
  ],
  'a record that cannot be read': [{ annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{' } }, []],
  'a person with kubectl annotate': [{ managedFields: [owning('kubectl-annotate', 'Update')] }, []],
  'an applier of another key': [{ managedFields: [owning('helm', 'Apply', 'other')] }, []],
  nobody: [{}, []],
};

for (const [name, [metadata, managers]] of Object.entries(declaring)) {
  test(`who puts the annotation back: ${name}`, (t) => {
    t.deepEqual(managersDeclaring({ metadata }, externalIpAnnotation), managers);
  });
}
