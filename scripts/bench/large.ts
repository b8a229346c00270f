import { doctorKinds, kinds, type Row } from './rows.ts';

/** The rows that are measured with 3,000 SkyPilot clusters and 5,000 Services that are none of SkyPilot's. */
export const largeRows: readonly Row[] = [
  {
    id: 'large-endpoints',
    title: '3,000 SkyPilot clusters and 5,000 other Services',
    ours: ['endpoints', '-A'],
    kubectl: ['get', kinds, '-A', '-o', 'wide'],
    limit: 0.3,
    mostRounds: 5,
  },
  {
    id: 'large-doctor',
    title: 'the doctor on 3,000 SkyPilot clusters and 5,000 other Services',
    ours: ['doctor', '-A', '--probe=false', '--fail-on=never'],
    kubectl: ['get', doctorKinds, '-A'],
    limit: 0.6,
    mostRounds: 3,
  },
];
