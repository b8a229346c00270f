import type { CommandRow } from './command-row.ts';
import { severalWritesPlaces, writePlaces } from './places.ts';
import { controllerName, expose, makeController, makeOldPorts, makeOrphan, misdirect, type Site } from './site.ts';

const codes = { fine: [0], failed: [1], forbidden: [4] };
const vital = ['pods', 'services'];

/** Objects that are there for ten minutes may be called left behind. */
const later = () => ({ later: 11 * 60 });
const in_ = ({ namespace }: Site) => ['-n', namespace];

const kept = { 'example.com/keep': 'yes' };
const address = { 'skypilot.co/external-ip': '203.0.113.70' };
const annotate = (site: Site, ...words: readonly string[]) => [
  ...['annotate', ...words, '--ingress-service', `${site.namespace}/${controllerName}`, ...in_(site)],
];

/** Commands that change objects of the server. */
export const changingCommands: readonly CommandRow[] = [
  {
    name: 'expose, load balancer',
    places: writePlaces,
    args: (site) => ['expose', 'train', '8888', '--mode', 'loadbalancer', '--wait=0', ...in_(site)],
    build: makeOldPorts,
    wants: ({ C }) => [new RegExp(`^service/${C}--skyports-lb: port 8888/TCP to 8888$`)],
    ...{ vital, codes },
  },
  {
    name: 'expose, two ports behind an Ingress',
    places: severalWritesPlaces,
    args: (site) => ['expose', 'train', '8888', '8889', '--mode', 'ingress', '--wait=0', ...in_(site)],
    build: async (site) => {
      await makeOldPorts(site);
      await expose(site, '9100', '--mode', 'ingress');
    },
    wants: ({ C }) =>
      [8888, 8889].flatMap((port) => [
        new RegExp(`^service/${C}--skyports-svc--${port}: port ${port}/TCP to ${port}$`),
        new RegExp(`^ingress/${C}--skyports-ingress: path .* to ${C}--skyports-svc--${port}:${port}$`),
        new RegExp(
          `^ingress/${C}--skyports-ingress--redirect-${port}: path .* to ${C}--skyports-svc--${port}:${port}$`,
        ),
      ]),
    ...{ vital, codes },
  },
  {
    name: 'unexpose, load balancer',
    places: writePlaces,
    args: (site) => ['unexpose', 'train', '9001', '-y', ...in_(site)],
    build: async (site) => {
      await makeOldPorts(site);
      await expose(site, '9001', '--mode', 'loadbalancer');
    },
    takes: ({ C }) => [new RegExp(`^service/${C}--skyports-lb: port 9001/`)],
    vitalRights: ['services'],
    ...{ vital, codes },
  },
  {
    name: 'unexpose, Ingress',
    places: severalWritesPlaces,
    args: (site) => ['unexpose', 'train', '9200', '-y', ...in_(site)],
    build: async (site) => {
      await makeOldPorts(site);
      await expose(site, '9100', '9200', '--mode', 'ingress');
    },
    takes: ({ C }) => [
      new RegExp(`^service/${C}--skyports-svc--9200: `),
      new RegExp(`^ingress/${C}--skyports-ingress: path .*9200`),
      new RegExp(`^ingress/${C}--skyports-ingress--redirect-9200: `),
    ],
    vitalRights: ['services'],
    ...{ vital, codes },
  },
  {
    name: 'annotate',
    places: writePlaces,
    args: (site) => annotate(site, '203.0.113.71', '-y'),
    build: async (site) => {
      await makeOldPorts(site);
      await makeController(site, { ...kept, ...address });
    },
    wants: () => [/^service\/front-door: annotation skypilot\.co\/external-ip=203\.0\.113\.71$/],
    takes: () => [/^service\/front-door: annotation skypilot\.co\/external-ip=203\.0\.113\.70$/],
    vital: ['services'],
    codes,
  },
  {
    name: 'annotate --remove',
    places: writePlaces,
    args: (site) => annotate(site, '--remove'),
    build: async (site) => {
      await makeOldPorts(site);
      await makeController(site, { ...kept, ...address });
    },
    takes: () => [/^service\/front-door: annotation skypilot\.co\/external-ip=/],
    vital: ['services'],
    codes,
  },
  {
    name: 'prune',
    places: severalWritesPlaces,
    args: (site) => ['prune', '-y', ...in_(site)],
    options: later,
    build: async (site) => {
      await makeOldPorts(site);
      await makeOrphan(site, 'gone');
      await makeOrphan(site, 'lost');
    },
    takes: () => [/^service\/(gone|lost)-2ea485ef--skyports-lb: /],
    ...{ vital, codes },
  },
  {
    name: 'doctor --fix',
    places: severalWritesPlaces,
    args: (site) => ['doctor', '--fix', '-y', '--probe=false', ...in_(site)],
    options: later,
    build: async (site) => {
      await makeOldPorts(site);
      await makeOrphan(site, 'gone');
      await misdirect(site);
    },
    wants: ({ C }) => [new RegExp(`^service/${C}--skyports-lb: selector component=${C}-head$`)],
    takes: ({ C }) => [
      /^service\/gone-2ea485ef--skyports-lb: /,
      new RegExp(`^service/${C}--skyports-lb: selector app=mine$`),
    ],
    vital,
    codes: { fine: [0], failed: [1, 3, 4], forbidden: [3, 4] },
    judges: true,
    waitsMs: 10_000,
  },
];
