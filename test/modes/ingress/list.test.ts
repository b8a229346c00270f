import test from 'ava';
import type { Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { rowAt, rowsAt } from '../../helpers/look.ts';
import {
  ingressClass,
  ingressNginxService,
  skyIngress,
  skyNames,
  skyPod,
  skyPortService,
} from '../../helpers/skypilot-objects.ts';

const train = skyNames('default', 'train');
const head = skyPod(train);
const service = skyPortService(train, 8888);
const controller = ingressNginxService({ ip: '203.0.113.9' });
const world = [head, service, ingressClass(), controller];
const path = '/skypilot/default/train-2ea485ef/8888';

/** SkyPilot's Ingress, changed. */
function ingress(change: (ingress: Ingress) => void = () => {}): Ingress {
  const made = skyIngress(train, [8888]);
  change(made);
  return made;
}

test("SkyPilot's Ingress, Ready", (t) => {
  t.deepEqual(rowAt([...world, ingress()]), {
    skyCluster: 'train',
    nameOnCloud: train.nameOnCloud,
    owner: 'ada',
    namespace: 'default',
    port: 8888,
    targetPort: 8888,
    protocol: 'TCP',
    mode: 'ingress',
    address: '203.0.113.9',
    addresses: ['203.0.113.9'],
    addressPort: 80,
    httpsPort: 443,
    url: `http://203.0.113.9${path}/`,
    inClusterUrl: 'http://train-2ea485ef--skypilot-svc--8888.default.svc:8888',
    state: 'Ready',
    reason: '',
    scope: 'public',
    access: ['none'],
    managedBy: 'skypilot',
    skyPilot: {
      prints: `http://203.0.113.9${path}`,
      reason: 'first entry of status.loadBalancer.ingress of Service ingress-nginx/ingress-nginx-controller',
      differs: null,
    },
    source: [
      { kind: 'Ingress', namespace: 'default', name: 'train-2ea485ef-skypilot-ingress' },
      { kind: 'Service', namespace: 'default', name: 'train-2ea485ef--skypilot-svc--8888' },
      { kind: 'Service', namespace: 'ingress-nginx', name: 'ingress-nginx-controller' },
    ],
    createdAt: null,
  });
});

test('the older path is read from the Ingress; SkyPilot prints the newer one', (t) => {
  const row = rowAt([...world, skyIngress(train, [8888], '/skypilot/train-2ea485ef')]);
  t.is(row.url, 'http://203.0.113.9/skypilot/train-2ea485ef/8888/');
  t.is(row.skyPilot.prints, `http://203.0.113.9${path}`);
  t.is(row.skyPilot.differs, `SkyPilot prints path ${path}, the Ingress serves /skypilot/train-2ea485ef/8888/`);
});

test('TLS for all hosts: https, which SkyPilot never shows', (t) => {
  const row = rowAt([...world, ingress(({ spec }) => Object.assign(spec!, { tls: [{ secretName: 'cert' }] }))]);
  t.is(row.url, `https://203.0.113.9${path}/`);
  t.is(row.inClusterUrl, 'http://train-2ea485ef--skypilot-svc--8888.default.svc:8888');
  t.regex(row.skyPilot.differs!, /prints http, this port speaks https/);
});

const hosts: Readonly<Record<string, [host: string, tls: string[] | undefined, url: string]>> = {
  'a host': ['app.example.com', undefined, `http://app.example.com${path}/`],
  'a host with its certificate': ['app.example.com', ['app.example.com'], `https://app.example.com${path}/`],
  'a host under a wildcard certificate': ['app.example.com', ['*.example.com'], `https://app.example.com${path}/`],
  "a host with another's certificate": ['app.example.com', ['b.example.com'], `http://app.example.com${path}/`],
  'a wildcard certificate covers one level': ['a.b.example.com', ['*.example.com'], `http://a.b.example.com${path}/`],
  'a wildcard host has no name to call': ['*.example.com', undefined, `http://203.0.113.9${path}/`],
};
for (const [title, [host, tls, url]] of Object.entries(hosts)) {
  test(title, (t) => {
    const row = rowAt([
      ...world,
      ingress(({ spec }) => {
        spec!.rules![0]!.host = host;
        if (tls) spec!.tls = [{ hosts: tls }];
      }),
    ]);
    t.is(row.url, url);
    t.is(row.address, '203.0.113.9');
  });
}

test('the scheme inside the cluster is that of the Service port', (t) => {
  const https: Service = { ...service, spec: { ...service.spec, ports: [{ port: 8888, appProtocol: 'https' }] } };
  const row = rowAt([head, https, ingressClass(), controller, ingress()]);
  t.is(row.inClusterUrl, 'https://train-2ea485ef--skypilot-svc--8888.default.svc:8888');
  t.is(row.url, `http://203.0.113.9${path}/`);
});

test("another's Ingress, by the name of the port, to another's Service", (t) => {
  const web: Service = {
    ...service,
    metadata: { name: 'web', namespace: 'default' },
    spec: { selector: service.spec!.selector!, ports: [{ name: 'web', port: 80, targetPort: 8888 }] },
  };
  const foreign: Ingress = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'web', namespace: 'default' },
    spec: { ingressClassName: 'nginx', defaultBackend: { service: { name: 'web', port: { name: 'web' } } } },
  };
  t.like(rowAt([head, web, foreign, ingressClass(), controller]), {
    mode: 'ingress',
    managedBy: 'other',
    port: 80,
    targetPort: 8888,
    url: 'http://203.0.113.9',
    state: 'Ready',
  });
});

test("SkyServe's Ingress counts as SkyPilot's", (t) => {
  const row = rowAt([
    ...world,
    ingress(({ metadata, spec }) => {
      metadata!.name = `${train.nameOnCloud}-skypilot-serve-ingress`;
      spec!.rules![0]!.host = 'chat--0badcafe.example.com';
    }),
  ]);
  t.like(row, { managedBy: 'skypilot', state: 'Ready' });
  t.is(row.skyPilot.prints, null);
  t.regex(row.skyPilot.reason, /sky serve status/);
});

test("SkyServe's Ingress has rows although its backend selects no Pod of the cluster", (t) => {
  const elsewhere = {
    ...service,
    metadata: { ...service.metadata, name: 'router' },
    spec: { ...service.spec, selector: { app: 'router' } },
  };
  const row = rowAt([
    head,
    elsewhere,
    ingressClass(),
    controller,
    ingress(({ metadata, spec }) => {
      metadata!.name = `${train.nameOnCloud}-skypilot-serve-ingress`;
      spec!.rules![0]!.http!.paths[0]!.backend.service!.name = 'router';
    }),
  ]);
  t.like(row, { skyCluster: 'train', managedBy: 'skypilot', mode: 'ingress' });
});

test('a controller with port 443 alone is called there', (t) => {
  const only443 = { ...controller, spec: { ...controller.spec, ports: [{ name: 'https', port: 443 }] } };
  t.is(rowAt([head, service, ingressClass(), only443, ingress()]).url, `https://203.0.113.9${path}/`);
});

test('one Ingress, many ports', (t) => {
  const rows = rowsAt([...world, skyPortService(train, 9000), skyIngress(train, [9000, 8888])]);
  t.deepEqual(
    rows.map(({ port, state }) => [port, state]),
    [
      [8888, 'Ready'],
      [9000, 'Ready'],
    ],
  );
});

test('a port that two hosts lead to has two rows, in one order', (t) => {
  const twice = ingress(({ spec }) => {
    const { http } = spec!.rules![0]!;
    spec!.rules = [
      { host: 'b.example.com', http: http! },
      { host: 'a.example.com', http: http! },
    ];
  });
  t.deepEqual(
    rowsAt([...world, twice]).map(({ url }) => url),
    [`http://a.example.com${path}/`, `http://b.example.com${path}/`],
  );
});

test('an Ingress that leads to no SkyPilot cluster is no row', (t) => {
  const other: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  };
  const foreign = ingress(({ metadata, spec }) => {
    metadata!.name = 'web';
    spec!.rules![0]!.http!.paths[0]!.backend.service = { name: 'web', port: { number: 80 } };
  });
  t.deepEqual(rowsAt([head, other, foreign, ingressClass(), controller]), []);
});
