import {
  type Action,
  annotate,
  config,
  doctorFix,
  expose,
  exposed,
  ownLoadBalancer,
  unexpose,
  unexposeAll,
  withBrokenServices,
  withSkyConfig,
} from './kill-actions.ts';
import type { Setting } from './kill-world.ts';

/** Two commands that run at once in one world. */
export interface RaceCase {
  readonly what: string;
  readonly setting: Setting;
  readonly actions: readonly [Action, Action];
  /** They contradict each other about ports of `train`: whichever comes last wins. */
  readonly isContest?: boolean;
}

/** What races. CI takes the first nine, so the pairs that contradict each other are among them. */
export const raceCases: readonly RaceCase[] = [
  {
    what: 'expose and expose, a load balancer that exists',
    setting: exposed,
    actions: [expose('loadbalancer', [9000]), expose('loadbalancer', [9001, 9002])],
  },
  {
    what: 'expose and expose, a new Ingress',
    setting: {},
    actions: [expose('ingress', [9000, 9001], 'fresh'), expose('ingress', [9002], 'fresh')],
  },
  {
    what: 'expose and unexpose, a load balancer',
    setting: exposed,
    actions: [expose('loadbalancer', [9000]), unexpose('loadbalancer', [8080])],
  },
  {
    what: 'expose and unexpose, an Ingress',
    setting: exposed,
    actions: [expose('ingress', [9000, 9001]), unexpose('ingress', [8080, 8081])],
  },
  {
    what: 'expose and annotate, the same Service',
    setting: exposed,
    actions: [expose('loadbalancer', [9000]), annotate('203.0.113.7', ownLoadBalancer)],
  },
  {
    what: 'expose and doctor --fix',
    setting: withBrokenServices,
    actions: [expose('loadbalancer', [9000], 'broken', ['--force-conflicts']), doctorFix],
  },
  {
    what: 'config and config',
    setting: withSkyConfig,
    actions: [config('ports', 'ingress'), config('example.com/team', 'ml')],
  },
  {
    what: 'unexpose and expose, the same path',
    setting: exposed,
    actions: [unexpose('ingress', [8080]), expose('ingress', [8080])],
    isContest: true,
  },
  {
    what: 'unexpose of all ports and expose, a load balancer',
    setting: exposed,
    actions: [unexposeAll, expose('loadbalancer', [9000])],
    isContest: true,
  },
  {
    what: 'unexpose of all ports and expose, an Ingress',
    setting: exposed,
    actions: [unexposeAll, expose('ingress', [8080, 9000])],
    isContest: true,
  },
  {
    what: 'expose and expose, an Ingress that exists',
    setting: exposed,
    actions: [expose('ingress', [9000]), expose('ingress', [9001, 9002])],
  },
  {
    what: 'expose and expose, a new load balancer',
    setting: {},
    actions: [expose('loadbalancer', [9000], 'fresh'), expose('loadbalancer', [9001], 'fresh')],
  },
  {
    what: 'unexpose and unexpose, an Ingress',
    setting: exposed,
    actions: [unexpose('ingress', [8080]), unexpose('ingress', [8081])],
  },
  { what: 'doctor --fix and doctor --fix', setting: withBrokenServices, actions: [doctorFix, doctorFix] },
];
