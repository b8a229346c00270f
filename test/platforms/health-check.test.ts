import test from 'ava';
import type { Service } from 'kubernetes-types/core/v1';
import { allLoadBalancers } from '../../src/platforms/all-platforms.ts';
import { detectPlatforms } from '../../src/platforms/detect.ts';
import { healthCheckScopeOf, pathProbeOf, pinned, probedByHttp, stalePins } from '../../src/platforms/health-check.ts';
import { implementationOf } from '../../src/platforms/implementation.ts';
import { platformClusters } from './clusters.ts';

const named = (id: string) => allLoadBalancers.find((each) => each.id === id)!;
const deciding = (id: string, annotations: Record<string, string> = {}, externalTrafficPolicy?: string) =>
  healthCheckScopeOf(named(id), { annotations, externalTrafficPolicy });
const aws = 'service.beta.kubernetes.io/aws-load-balancer';
const azure = 'service.beta.kubernetes.io/port_';
const digitalocean = 'service.beta.kubernetes.io/do-loadbalancer';

test('on what the health of the ports hangs, as the Service is', (t) => {
  t.deepEqual(deciding('aws-in-tree'), { scope: 'shared' });
  t.deepEqual(deciding('aws-in-tree', { [`${aws}-type`]: 'nlb' }), { scope: 'per-port' });
  t.deepEqual(deciding('aws-in-tree', {}, 'Local'), { scope: 'node' });
  t.deepEqual(deciding('aws-in-tree', { [`${aws}-healthcheck-port`]: '30001' }), { scope: 'unknown' });
  t.deepEqual(deciding('aws-in-tree', { [`${aws}-healthcheck-port`]: 'traffic-port' }), { scope: 'shared' });
  t.deepEqual(deciding('aks'), { scope: 'per-port' });
  t.deepEqual(deciding('aks', { [`${azure}9000_health-probe_port`]: '8888' }), { scope: 'shared', port: 8888 });
  t.deepEqual(deciding('digitalocean'), { scope: 'node' });
  const port = { [`${digitalocean}-healthcheck-port`]: '8888' };
  t.deepEqual(deciding('digitalocean', port), { scope: 'node' });
  const overridden = { ...port, [`${digitalocean}-override-health-check`]: 'true' };
  t.deepEqual(deciding('digitalocean', overridden), { scope: 'shared', port: 8888 });
  t.deepEqual(deciding('aks', { [`${azure}9000_health-probe_port`]: '8888' }, 'Local'), { scope: 'node' });
  t.deepEqual(deciding('metallb', {}, 'Local'), { scope: 'none' });
});

test('a pin that is set anew takes the older ones away', (t) => {
  const present = { [`${azure}9000_health-probe_port`]: '8888', other: 'x' };
  t.deepEqual(pinned(named('aks'), 9000, [8888, 9000], present), {
    set: { [`${azure}8888_health-probe_port`]: '9000' },
    remove: [`${azure}9000_health-probe_port`],
  });
  t.deepEqual(pinned(named('digitalocean'), 9000, [8888, 9000], { [`${digitalocean}-healthcheck-port`]: '8888' }), {
    set: { [`${digitalocean}-override-health-check`]: 'true', [`${digitalocean}-healthcheck-port`]: '9000' },
    remove: [],
  });
  t.is(pinned(named('gke'), 9000, [8888, 9000], {}), undefined);
});

test('pins go with the ports that they name', (t) => {
  const onAzure = { [`${azure}9000_health-probe_port`]: '8888', [`${azure}9001_health-probe_port`]: '8888' };
  t.deepEqual(stalePins(onAzure, [8888]), Object.keys(onAzure));
  t.deepEqual(stalePins(onAzure, [9001]), [`${azure}9001_health-probe_port`]);
  t.deepEqual(stalePins(onAzure, [7000]), []);
  const there = { [`${digitalocean}-override-health-check`]: 'true', [`${digitalocean}-healthcheck-port`]: '8888' };
  t.deepEqual(stalePins(there, [8888]), Object.keys(there));
  t.deepEqual(stalePins(there, [9000]), []);
  t.deepEqual(stalePins({ [`${digitalocean}-override-health-check`]: 'true' }, [8888]), []);
});

test('AKS probes by HTTP where appProtocol says so, unless something else is said', (t) => {
  const probed = (spec: object, annotations: object = {}) =>
    probedByHttp(named('aks'), { metadata: { annotations }, spec } as Service).map(({ port }) => port);
  const ports = [{ port: 80, appProtocol: 'http' }, { port: 443, appProtocol: 'HTTPS' }, { port: 22 }];
  t.deepEqual(probed({ ports }), [80, 443]);
  t.deepEqual(probed({ ports, externalTrafficPolicy: 'Local' }), []);
  t.deepEqual(probed({ ports }, { [`${azure}80_no_probe_rule`]: 'true' }), [443]);
  t.deepEqual(probed({ ports }, { [`${azure}80_health-probe_request-path`]: '/health' }), [443]);
  const ofAll = 'service.beta.kubernetes.io/azure-load-balancer-health-probe';
  t.deepEqual(probed({ ports }, { [`${ofAll}-request-path`]: '/healthz' }), []);
  t.deepEqual(probed({ ports }, { [`${ofAll}-protocol`]: 'tcp' }), [80, 443], 'appProtocol wins over it');
});

test('an annotation makes a probe ask for a path: the path, and what is left alone', (t) => {
  const pathOf = (id: string, annotations: Record<string, string>, spec: object = {}) =>
    pathProbeOf(named(id), { metadata: { annotations }, spec: { ports: [{ port: 80 }], ...spec } } as Service)?.path;
  const aws = 'service.beta.kubernetes.io/aws-load-balancer-healthcheck';
  t.is(pathOf('aws-load-balancer-controller', { [`${aws}-protocol`]: 'HTTP' }), '/');
  t.is(pathOf('aws-in-tree', { [`${aws}-protocol`]: 'http', [`${aws}-path`]: '/healthz' }), '/healthz');
  t.is(pathOf('eks-auto-mode', { [`${aws}-protocol`]: 'tcp' }), undefined);
  t.is(
    pathOf('aws-load-balancer-controller', { [`${aws}-protocol`]: 'http', [`${aws}-success-codes`]: '200-404' }),
    undefined,
  );
  t.is(
    pathOf('aws-load-balancer-controller', { [`${aws}-protocol`]: 'http', [`${aws}-success-codes`]: '200,404' }),
    undefined,
  );
  t.is(
    pathOf('aws-load-balancer-controller', { [`${aws}-protocol`]: 'http', [`${aws}-success-codes`]: '200-399' }),
    '/',
  );
  t.is(pathOf('aws-in-tree', { [`${aws}-protocol`]: 'http' }, { externalTrafficPolicy: 'Local' }), undefined);
  t.is(pathOf('digitalocean', { [`${digitalocean}-healthcheck-protocol`]: 'http' }), undefined, 'kube-proxy is probed');
  t.is(pathOf('hetzner', { 'load-balancer.hetzner.cloud/health-check-protocol': 'http' }), '/');
  t.is(pathOf('gke', {}), undefined);
});

test('what made a load balancer: by its finalizer, its class, else who takes those without', (t) => {
  const made = (cluster: string, metadata: object, spec: object = {}) =>
    implementationOf({ metadata, spec } as Service, detectPlatforms(platformClusters[cluster]!.snapshot))?.id;
  const withController = 'EKS with the AWS Load Balancer Controller';
  t.is(made(withController, {}), 'aws-load-balancer-controller');
  t.is(made(withController, { finalizers: ['service.k8s.aws/resources'] }), 'aws-load-balancer-controller');
  t.is(made(withController, { finalizers: ['service.kubernetes.io/load-balancer-cleanup'] }), 'aws-in-tree');
  t.is(made(withController, {}, { loadBalancerClass: 'tailscale' }), undefined);
  t.is(made('EKS', {}, { loadBalancerClass: 'tailscale' }), undefined);
  t.is(made('GKE', {}, { loadBalancerClass: 'networking.gke.io/l4-regional-internal' }), 'gke');
  t.is(made('EKS with MetalLB', {}), undefined);
  t.is(made('bare metal', {}), undefined);
});

test('AKS probes by HTTP because of an annotation, for one port or for all', (t) => {
  const spec = { ports: [{ port: 80 }, { port: 443 }] };
  const probe = (annotations: Record<string, string>) =>
    pathProbeOf(named('aks'), { metadata: { annotations }, spec } as Service);
  t.is(probe({}), undefined);
  t.is(probe({ [`${azure}80_health-probe_protocol`]: 'tcp' }), undefined);
  t.deepEqual(probe({ [`${azure}80_health-probe_protocol`]: 'http' })?.ports, [80]);
  const ofAll = 'service.beta.kubernetes.io/azure-load-balancer-health-probe';
  t.like(probe({ [`${ofAll}-protocol`]: 'http' }), { ports: [80, 443], path: '/' });
  t.is(probe({ [`${ofAll}-protocol`]: 'http', [`${ofAll}-request-path`]: '/healthz' })?.path, '/healthz');
});
