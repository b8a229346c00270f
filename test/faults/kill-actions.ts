import { isDeepStrictEqual } from 'node:util';
import { ownIngressName, ownLoadBalancerName, ownNodePortName } from '../../src/exposure/ownership.ts';
import { externalIpAnnotation } from '../../src/skypilot/names.ts';
import { admin, type Json } from '../helpers/cluster.ts';
import { ingressNginxService, skyNames } from '../helpers/skypilot-objects.ts';
import { giveAddress, make, untilBackendReady } from '../helpers/world.ts';
import type { Setting, State } from './kill-world.ts';

/** A command that changes something, and how to see that it did. */
export interface Action {
  /** Without the namespace. */
  readonly args: (namespace: string) => readonly string[];
  /** For each object of the goal, whether it is as the command wants it. */
  readonly goal: Readonly<Record<string, (object: Json) => boolean>>;
  /** What a controller has to do before the same command finds nothing to do. */
  readonly settled?: (namespace: string) => Promise<void>;
}

/** A world, and a command to run in it. */
export interface KillCase {
  readonly what: string;
  readonly setting: Setting;
  readonly action: Action;
}

export function isReached({ goal }: Action, state: State): boolean {
  return Object.entries(goal).every(([name, isRight]) => isRight(state.get(name)));
}

const onCloud = (skyCluster: string): string => skyNames('', skyCluster).nameOnCloud;
const loadBalancerOf = (skyCluster: string): string => `Service ${ownLoadBalancerName(onCloud(skyCluster))}`;
const ingressOf = (skyCluster: string): string => `Ingress ${ownIngressName(onCloud(skyCluster))}`;

/** Ports of a Service, or those that an Ingress leads to. */
function portsOf(object: Json): number[] {
  if (!object) return [];
  if (object.kind === 'Ingress' || object.spec.rules)
    return object.spec.rules.flatMap(({ http }: Json) =>
      http.paths.map(({ backend }: Json) => backend.service.port.number),
    );
  return object.spec.ports.map(({ port }: Json) => port);
}

const opens =
  (...ports: number[]) =>
  (object: Json) =>
    ports.every((port) => portsOf(object).includes(port));
const lacks =
  (...ports: number[]) =>
  (object: Json) =>
    !ports.some((port) => portsOf(object).includes(port));

type Mode = 'loadbalancer' | 'ingress';
const objectOf = (mode: Mode, skyCluster: string) =>
  mode === 'ingress' ? ingressOf(skyCluster) : loadBalancerOf(skyCluster);

export function expose(mode: Mode, ports: readonly number[], skyCluster = 'train', flags: string[] = []): Action {
  return {
    args: () => ['expose', skyCluster, ...ports.map(String), '--mode', mode, '--wait=0', ...flags],
    goal: { [objectOf(mode, skyCluster)]: opens(...ports) },
  };
}

export function unexpose(mode: Mode, ports: readonly number[]): Action {
  return {
    args: () => ['unexpose', 'train', ...ports.map(String), '--mode', mode, '-y'],
    goal: { [objectOf(mode, 'train')]: lacks(...ports) },
  };
}

export const unexposeAll: Action = {
  args: () => ['unexpose', 'train', '-y'],
  goal: {
    [loadBalancerOf('train')]: (service) => service === undefined,
    [ingressOf('train')]: (ingress) => ingress === undefined,
  },
};

/** Annotates a Service of the world by `--ingress-service`, whatever SkyPilot makes of it. */
export function annotate(address: string, name = 'ingress-nginx-controller'): Action {
  return {
    args: (namespace) => ['annotate', address, '--ingress-service', `${namespace}/${name}`, '--force'],
    goal: { [`Service ${name}`]: (service) => service.metadata.annotations?.[externalIpAnnotation] === address },
  };
}

export const trainOnCloud = onCloud('train');
export const ownLoadBalancer = ownLoadBalancerName(trainOnCloud);

export function config(key: string, value: string): Action {
  return {
    args: () => ['config', ...(key === 'ports' ? ['set-ports', value] : ['set-annotation', `${key}=${value}`]), '-y'],
    goal: { 'file config.yaml': ({ text }) => text.includes(`${key}: ${value}`) },
  };
}

const broken = onCloud('broken');
const brokenServices = [ownLoadBalancerName(broken), ownNodePortName(broken)];
// Nothing besides: what `broken` below adds selects no Pod.
const selectsHead = ({ spec }: Json) => isDeepStrictEqual(spec.selector, { component: `${broken}-head` });

export const doctorFix: Action = {
  args: () => ['doctor', 'broken', '--fix', '-y', '--probe=false'],
  goal: Object.fromEntries(brokenServices.map((name) => [`Service ${name}`, selectsHead])),
  settled: async (namespace) => {
    await Promise.all(brokenServices.map((name) => untilBackendReady(namespace, name)));
  },
};

/** Ports of `train` in both modes. */
const exposedPorts: Setting['exposed'] = [
  ['train', '8080', '8081', '--mode', 'loadbalancer'],
  ['train', '8080', '8081', '8082', '--mode', 'ingress'],
];

export const exposed: Setting = { exposed: exposedPorts };

export const withController: Setting = {
  exposed: exposedPorts,
  more: (namespace) =>
    make(ingressNginxService({ type: 'NodePort', namespace, annotations: { 'example.com/keep': 'me' } })),
};

export const withSkyConfig: Setting = {
  skyConfig: '# mine\nkubernetes:\n  # why not\n  ports: loadbalancer\n  provision_timeout: 900\n',
};

/** Two Services of ours whose selectors somebody has changed. */
export const withBrokenServices: Setting = {
  exposed: ['loadbalancer', 'nodeport'].map((mode) => ['broken', '8080', '8081', '--mode', mode]),
  more: async (namespace) => {
    for (const name of brokenServices) {
      const edited = { metadata: { annotations: { 'example.com/keep': 'me' } }, spec: { selector: { app: 'mine' } } };
      await admin('PATCH', `/api/v1/namespaces/${namespace}/services/${name}`, edited);
    }
    await giveAddress(namespace, brokenServices[0]!);
  },
};

/** What is killed. */
export const killCases: readonly KillCase[] = [
  { what: 'expose, a load balancer that exists', setting: exposed, action: expose('loadbalancer', [9000, 9001]) },
  { what: 'expose, a new load balancer', setting: {}, action: expose('loadbalancer', [9000, 9001], 'fresh') },
  { what: 'expose, an Ingress that exists', setting: exposed, action: expose('ingress', [9000, 9001, 9002]) },
  { what: 'expose, a new Ingress', setting: {}, action: expose('ingress', [9000, 9001, 9002], 'fresh') },
  { what: 'unexpose, a port of a load balancer', setting: exposed, action: unexpose('loadbalancer', [8080]) },
  { what: 'unexpose, two paths of an Ingress', setting: exposed, action: unexpose('ingress', [8080, 8081]) },
  { what: 'unexpose, all ports', setting: exposed, action: unexposeAll },
  { what: 'annotate', setting: withController, action: annotate('203.0.113.7') },
  { what: 'config', setting: withSkyConfig, action: config('ports', 'ingress') },
  { what: 'doctor --fix', setting: withBrokenServices, action: doctorFix },
];
