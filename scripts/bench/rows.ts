/** One comparison with kubectl. */
export interface Row {
  /** The id for `--only`. */
  readonly id: string;
  /** What is compared, for the report. */
  readonly title: string;
  readonly ours: readonly string[];
  readonly kubectl: readonly string[];
  /** The highest acceptable ratio of medians; without a limit the ratio is only shown. */
  readonly limit?: number;
  /** The highest acceptable median, in milliseconds. */
  readonly limitMs?: number;
  /** Whether both programs call a port where nothing listens, so both fail. */
  readonly deadPort?: boolean;
  /** The number of SkyPilot clusters, for the picture of time over size. */
  readonly size?: number;
  /** Whether to run fewer rounds, because one run takes long. */
  readonly mostRounds?: number;
}

export const kinds = 'pods,services,ingresses,endpointslices';
export const doctorKinds = `${kinds},ingressclasses,nodes,events,validatingwebhookconfigurations,networkpolicies,deployments`;

/** Rows that are measured while no API server runs. */
export const startRows: readonly Row[] = [
  {
    id: 'version',
    title: 'the version',
    ours: ['--version'],
    kubectl: ['version', '--client'],
    limit: 0.75,
  },
  { id: 'help', title: 'the help', ours: ['--help'], kubectl: ['get', '--help'], limit: 0.75 },
  {
    id: 'help-of-command',
    title: 'the help of a command',
    ours: ['endpoints', '--help'],
    kubectl: ['get', '--help'],
    limit: 0.75,
  },
  {
    id: 'dead-port',
    title: 'a server that does not answer',
    ours: ['endpoints'],
    kubectl: ['get', 'services'],
    limit: 1.3,
    deadPort: true,
  },
];

/** The rows that are measured with 10 SkyPilot clusters. */
export const fewRows: readonly Row[] = [
  {
    id: 'ten-clusters',
    title: '10 SkyPilot clusters',
    ours: ['endpoints', '-A'],
    kubectl: ['get', kinds, '-A'],
    limit: 1.05,
    size: 10,
  },
  {
    id: 'completion',
    title: 'completion of a name',
    ours: ['__complete', 'endpoints', ''],
    kubectl: ['__complete', 'get', 'pods', ''],
    limit: 1.1,
  },
  {
    id: 'doctor',
    title: 'the doctor on 10 SkyPilot clusters',
    ours: ['doctor', '-A', '--probe=false', '--fail-on=never'],
    kubectl: ['get', doctorKinds, '-A'],
    limit: 1.5,
  },
];

const ofOne = ['cluster-1', '-n', 'team-1'];

export const doctorOfOne: Row = {
  id: 'doctor-name',
  title: 'the doctor on one SkyPilot cluster',
  ours: ['doctor', ...ofOne, '--probe=false', '--fail-on=never'],
  kubectl: ['get', doctorKinds, '-n', 'team-1'],
  limit: 1.2,
};

/** The rows that are measured with 10 SkyPilot clusters over each delay, beside kubectl with the same reads. */
export const networkRows: readonly Row[] = [
  {
    id: 'endpoints-name',
    title: 'the ports of one SkyPilot cluster',
    ours: ['endpoints', ...ofOne],
    kubectl: ['get', kinds, '-n', 'team-1'],
    limit: 1.05,
  },
  {
    id: 'endpoints-all',
    title: 'the ports of all namespaces',
    ours: ['endpoints', '-A'],
    kubectl: ['get', kinds, '-A'],
    limit: 1.05,
  },
  doctorOfOne,
  {
    id: 'expose',
    title: 'a port, as a dry run',
    ours: ['expose', ...ofOne, '9000', '--dry-run'],
    kubectl: ['get', 'pods,services,ingresses', '-n', 'team-1'],
  },
  {
    id: 'completion-name',
    title: 'completion of a name',
    ours: ['__complete', 'endpoints', '-n', 'team-1', ''],
    kubectl: ['__complete', 'get', 'pods', '-n', 'team-1', ''],
    limit: 1.1,
  },
];

/** The row that is measured with 1,000 SkyPilot clusters over each delay. Its largest list has more than 2 MB. */
export const largeNetworkRows: readonly Row[] = [
  {
    id: 'endpoints-large',
    title: '1,000 SkyPilot clusters',
    ours: ['endpoints', '-A'],
    kubectl: ['get', kinds, '-A'],
    mostRounds: 5,
  },
];

/** The rows that are measured with 1,000 SkyPilot clusters. */
export const manyRows: readonly Row[] = [
  {
    id: 'thousand-clusters',
    title: '1,000 SkyPilot clusters of 3 ports',
    ours: ['endpoints', '-A'],
    kubectl: ['get', kinds, '-A', '-o', 'wide'],
    limit: 0.5,
    size: 1000,
    mostRounds: 7,
  },
  {
    id: 'doctor-thousand',
    title: 'the doctor on 1,000 SkyPilot clusters',
    ours: ['doctor', '-A', '--probe=false', '--fail-on=never'],
    kubectl: ['get', doctorKinds, '-A'],
    limitMs: 2000,
    mostRounds: 5,
  },
];

/** The limit for the memory of `endpoints -A` with 1,000 SkyPilot clusters, in MiB. */
export const memoryLimit = 200;

/** The limit for the anonymous memory of `--version`, in MiB. */
export const startMemoryLimit = 60;
