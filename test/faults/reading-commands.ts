import { cluster } from '../helpers/cluster.ts';
import type { CommandRow } from './command-row.ts';
import { readPlaces } from './places.ts';
import { makeOldPorts } from './site.ts';

const codes = { fine: [0], failed: [1], forbidden: [4] };
/** The doctor judges a server that fails, too. */
const doctorCodes = { fine: [0], failed: [1, 3, 4], forbidden: [3, 4] };

const vital = ['pods', 'services'];

/** Ages differ from run to run, and with them the width of their column. */
const ageless = (text: string) => text.replace(/\b(\d+[smhd])+\b/g, 'AGE').replace(/ +/g, ' ');

/** Commands that change nothing on the server. */
export const readingCommands: readonly CommandRow[] = [
  {
    name: 'endpoints',
    places: readPlaces,
    args: ({ namespace }) => ['endpoints', '-n', namespace],
    build: makeOldPorts,
    answer: ({ stdout }) => ageless(stdout),
    ...{ vital, codes },
  },
  {
    name: 'endpoints NAME -o json',
    places: readPlaces,
    args: ({ namespace }) => ['endpoints', 'train', '-o', 'json', '-n', namespace],
    build: makeOldPorts,
    // What was not seen stands beside the rows.
    answer: ({ stdout }) => stdout.replace(/"metadata": \{[\s\S]*?\n {4}\},/, ''),
    ...{ vital, codes },
  },
  {
    name: 'endpoints -A',
    places: readPlaces,
    args: () => ['endpoints', '-A'],
    build: makeOldPorts,
    answer: ({ stdout }, { namespace }) => {
      const rows = ageless(stdout).split('\n');
      return rows.filter((row) => row.startsWith(`${namespace} `)).join('\n');
    },
    ...{ vital, codes },
  },
  {
    name: 'doctor NAME',
    places: readPlaces,
    args: ({ namespace }) => ['doctor', 'train', '--probe=false', '-n', namespace],
    build: makeOldPorts,
    answer: ({ stdout }) => ageless(stdout),
    saysWhatIsMissing: ({ stdout }) => /[1-9]\d* unknown/.test(stdout),
    judges: true,
    ...{ vital, codes: doctorCodes },
  },
  {
    name: 'forward',
    places: ['Pods and Deployments', 'Services', 'all reads', 'reads from the second on'],
    args: ({ namespace }) => ['forward', 'train', '8888', '-n', namespace],
    options: () => ({ env: { KUBECTL_PATH: cluster().kubectl } }),
    build: makeOldPorts,
    answer: ({ stdout }) => stdout.replace(' --request-timeout=1s', '').replace(/ --kubeconfig=\S+/, ''),
    vitalRights: ['pods'],
    ...{ vital, codes },
  },
  {
    name: 'version',
    places: ['all reads'],
    args: () => ['version'],
    build: makeOldPorts,
    answer: ({ stdout }) => stdout,
    saysWhatIsMissing: ({ stdout, stderr }) =>
      /^Server Version: unknown$/m.test(stdout) ||
      (!stdout.includes('Server Version') && /^warning: .*version/m.test(stderr)),
    vital: ['version'],
    vitalRights: [],
    codes: { fine: [0], failed: [0], forbidden: [0] },
  },
  {
    name: 'config scheme',
    places: ['other topics', 'all reads', 'reads from the second on'],
    args: ({ namespace }) => ['config', 'scheme', 'internal', '-y', '-n', namespace],
    build: makeOldPorts,
    wants: () => [/^file: .*disable-public-network: "true"/],
    vital: ['nodes'],
    codes,
  },
];
