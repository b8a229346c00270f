import test from 'ava';
import { findPrograms } from '../cluster/binaries.ts';
import { clusterVariable } from '../cluster/cluster-description.ts';
import { type RunningCluster, startCluster } from '../cluster/start.ts';
import { admin, create, type Json } from '../helpers/cluster.ts';
import { skyports } from '../helpers/run-skyports.ts';
import {
  ingressNginxService,
  type SkyPilotNames,
  skyIngress,
  skyLoadBalancer,
  skyPortService,
} from '../helpers/skypilot-objects.ts';
import { make, withSkyCluster } from '../helpers/world.ts';
import { installSkyPilot, type PortMode, SkyPilot } from './skypilot.ts';

// Every state in which SkyPilot prints something of its own. Both are asked at the same time about the same objects: what
// it prints, or that it raises, is compared with what we say of it.

let sky: SkyPilot;
let running: RunningCluster;
test.before(async () => {
  // An API server of this file's own: there is one controller Service for all, and here it is in every state.
  running = await startCluster(await findPrograms());
  process.env[clusterVariable] = running.descriptionFile;
  sky = await SkyPilot.start(await installSkyPilot());
  await create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ingress-nginx' } }).catch(() => {});
});
test.after.always(async () => {
  sky?.stop();
  await running?.stop();
});

const port = 8888;

/** What SkyPilot prints, `raised ERROR`, or `nothing`; and the same as we have it. */
async function both(names: SkyPilotNames, mode: PortMode): Promise<{ theirs: string; ours: string; lines: string }> {
  const { namespace, nameOnCloud } = names;
  const { result, raised } = await sky.ask({ call: 'query', cluster: nameOnCloud, ports: [port], mode, namespace });
  const theirs = raised ? `raised ${raised.split(':')[0]}` : (result?.[port] ?? 'nothing');
  const args = ['endpoints', 'train', '-n', namespace, '--mode', mode, '--port', String(port)];
  const { stdout, stderr } = await skyports([...args, '-o', 'json']);
  const row = JSON.parse(stdout).items.find(({ managedBy }: Json) => managedBy === 'skypilot' || mode === 'podip');
  if (!row) throw new Error(`no row: ${stdout}${stderr}`);
  const { prints, reason } = row.skyPilot;
  const error = /IndexError|TypeError/.exec(reason)?.[0];
  const ours = prints ?? (error ? `raised ${error}` : 'nothing');
  const asSky = await skyports([...args, '-o', 'sky']);
  return { theirs, ours, lines: asSky.stdout };
}

async function compare(
  t: { is(a: unknown, b: unknown, message?: string): void },
  names: SkyPilotNames,
  mode: PortMode,
) {
  const { theirs, ours, lines } = await both(names, mode);
  t.is(ours, theirs);
  const printed = theirs === 'nothing' || theirs.startsWith('raised') ? '' : `${port}: ${theirs}\n`;
  t.is(lines, printed, '-o sky');
  return theirs;
}

const annotated = (value: string) => ({ 'skypilot.co/external-ip': value });
const named = (https = true) => [
  { name: 'http', port: 80, protocol: 'TCP', targetPort: 'http' },
  ...(https ? [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 'https' }] : []),
];

interface ControllerState {
  readonly annotations?: Record<string, string>;
  readonly spec?: Json;
  readonly addresses?: readonly Json[];
}

/** skypilot.md 2.3, row by row: what SkyPilot has to be seen doing, and the state of its one Service. */
const controllerStates: Readonly<Record<string, [seen: RegExp, state: ControllerState | undefined]>> = {
  'a load balancer with an IP': [/^http:\/\/203\.0\.113\.9\/skypilot\//, { addresses: [{ ip: '203.0.113.9' }] }],
  'a load balancer with a host name': [/^http:\/\/lb\.example\.com\//, { addresses: [{ hostname: 'lb.example.com' }] }],
  'an IP and an annotation': [
    /^http:\/\/203\.0\.113\.9\//,
    { addresses: [{ ip: '203.0.113.9' }], annotations: annotated('203.0.113.1') },
  ],
  'several entries': [/^http:\/\/203\.0\.113\.9\//, { addresses: [{ ip: '203.0.113.9' }, { ip: '203.0.113.8' }] }],
  'an IPv6 address': [/^http:\/\/2001:db8::1\//, { addresses: [{ ip: '2001:db8::1' }] }],
  'a load balancer that is pending': [/^http:\/\/localhost:\d+\//, {}],
  'a NodePort': [/^http:\/\/localhost:\d+\//, { spec: { type: 'NodePort' } }],
  'a NodePort with an annotation': [
    /^http:\/\/203\.0\.113\.1:\d+\//,
    { spec: { type: 'NodePort' }, annotations: annotated('203.0.113.1') },
  ],
  'a pending one with an annotation': [
    /^http:\/\/gpu\.example\.com:\d+\//,
    { annotations: annotated('gpu.example.com') },
  ],
  'external IPs': [/^http:\/\/203\.0\.113\.2:\d+\//, { spec: { externalIPs: ['203.0.113.2'] } }],
  'external IPs and an annotation': [
    /^http:\/\/203\.0\.113\.2:\d+\//,
    { spec: { externalIPs: ['203.0.113.2'] }, annotations: annotated('203.0.113.1') },
  ],
  'an annotation with a port': [/:8080:\d+\//, { annotations: annotated('203.0.113.1:8080') }],
  'an annotation with a scheme': [/^http:\/\/http:\/\//, { annotations: annotated('http://203.0.113.1') }],
  'an empty annotation': [/^http:\/\/:\d+\//, { annotations: annotated('') }],
  'an annotation with an IPv6 address': [/^http:\/\/2001:db8::1:\d+\//, { annotations: annotated('2001:db8::1') }],
  'a ClusterIP': [/^raised TypeError/, { spec: { type: 'ClusterIP' } }],
  'a ClusterIP with an annotation': [
    /^raised TypeError/,
    { spec: { type: 'ClusterIP' }, annotations: annotated('203.0.113.1') },
  ],
  'no node ports': [/^raised TypeError/, { spec: { allocateLoadBalancerNodePorts: false } }],
  'no node ports, and an address': [
    /^http:\/\/203\.0\.113\.9\//,
    { spec: { allocateLoadBalancerNodePorts: false }, addresses: [{ ip: '203.0.113.9' }] },
  ],
  'ports of other names': [
    /^raised IndexError/,
    {
      spec: {
        ports: [
          { name: 'web', port: 80 },
          { name: 'websecure', port: 443 },
        ],
      },
    },
  ],
  'no port https': [/^raised IndexError/, { spec: { ports: named(false) } }],
  'no Service at all': [/^nothing$/, undefined],
};

const path = '/api/v1/namespaces/ingress-nginx/services/ingress-nginx-controller';

for (const [name, [seen, state]] of Object.entries(controllerStates)) {
  test.serial(`ingress: ${name}`, async (t) => {
    const names = await withSkyCluster('train');
    await make(skyPortService(names, port), skyIngress(names, [port]));
    if (state) {
      const { metadata, spec, ...rest } = ingressNginxService() as Json;
      const service = {
        ...rest,
        metadata: { ...metadata, annotations: state.annotations ?? {} },
        spec: { ...spec, type: 'LoadBalancer', ports: named(), ...state.spec },
      };
      await create({ ...service, status: undefined });
      t.teardown(() => admin('DELETE', path));
      if (state.addresses)
        await admin('PATCH', `${path}/status`, { status: { loadBalancer: { ingress: state.addresses } } });
    }
    t.regex(await compare(t, names, 'ingress'), seen);
  });
}

for (const [name, seen, addresses] of [
  ['an IP', /^203\.0\.113\.80:8888$/, [{ ip: '203.0.113.80' }]],
  ['a host name', /^lb\.example\.com:8888$/, [{ hostname: 'lb.example.com' }]],
  ['several entries', /^203\.0\.113\.80:8888$/, [{ ip: '203.0.113.80' }, { ip: '203.0.113.81' }]],
  ['an IPv6 address', /^2001:db8::1:8888$/, [{ ip: '2001:db8::1' }]],
  ['no address', /^nothing$/, []],
] as const) {
  test.serial(`loadbalancer: ${name}`, async (t) => {
    const names = await withSkyCluster('train');
    const service = skyLoadBalancer(names, [port]);
    await make(service);
    const at = `/api/v1/namespaces/${names.namespace}/services/${service.metadata!.name}/status`;
    if (addresses.length > 0) await admin('PATCH', at, { status: { loadBalancer: { ingress: addresses } } });
    t.regex(await compare(t, names, 'loadbalancer'), seen);
  });
}

test.serial('podip: the head Pod has an IP', async (t) => {
  const names = await withSkyCluster('train');
  t.regex(await compare(t, names, 'podip'), /^10\.244\.\d+\.\d+:8888$/);
});
