import test from 'ava';
import type { Pod, PodStatus } from 'kubernetes-types/core/v1';
import { isReady, troubleOf } from '../../src/exposure/pod-trouble.ts';

const ready = { type: 'Ready', status: 'True' };
const unready = { type: 'Ready', status: 'False' };
const pod = (status: PodStatus, deletionTimestamp?: string): Pod => ({
  metadata: { name: 'train-head', ...(deletionTimestamp && { deletionTimestamp }) },
  status,
});
const container = (state: object) => ({
  name: 'ray-node',
  image: '',
  imageID: '',
  ready: false,
  restartCount: 0,
  state,
});

const cases: Readonly<Record<string, [Pod, string | undefined]>> = {
  ready: [pod({ phase: 'Running', conditions: [ready] }), undefined],
  terminating: [
    pod({ phase: 'Running', conditions: [ready] }, '2026-11-02T12:00:00Z'),
    'Pod train-head is terminating',
  ],
  'stopped by Kueue': [
    pod(
      {
        phase: 'Running',
        conditions: [
          unready,
          { type: 'TerminationTarget', status: 'True', reason: 'StoppedByKueue', message: 'Preempted' },
        ],
      },
      '2026-11-02T12:00:00Z',
    ),
    'Pod train-head is terminating (StoppedByKueue: Preempted)',
  ],
  'evicted by a taint': [
    pod({
      phase: 'Failed',
      conditions: [
        {
          type: 'DisruptionTarget',
          status: 'True',
          reason: 'DeletionByTaintManager',
          message: 'Taint manager: deleting',
        },
      ],
    }),
    'Pod train-head is Failed (DeletionByTaintManager: Taint manager: deleting)',
  ],
  evicted: [pod({ phase: 'Failed', reason: 'Evicted' }), 'Pod train-head is Failed (Evicted)'],
  finished: [pod({ phase: 'Succeeded' }), 'Pod train-head is Succeeded'],
  'pulling its image in vain': [
    pod({
      phase: 'Pending',
      conditions: [unready],
      containerStatuses: [container({ waiting: { reason: 'ImagePullBackOff' } })],
    }),
    'container ray-node of Pod train-head is not running (ImagePullBackOff)',
  ],
  'out of memory': [
    pod({
      phase: 'Running',
      conditions: [unready],
      containerStatuses: [container({ terminated: { reason: 'OOMKilled', exitCode: 137 } })],
    }),
    'container ray-node of Pod train-head is not running (OOMKilled)',
  ],
  'with a sidecar that is done': [
    pod({
      phase: 'Running',
      conditions: [unready],
      containerStatuses: [container({ terminated: { reason: 'Completed', exitCode: 0 } })],
    }),
    'Pod train-head is Running but not Ready',
  ],
  unschedulable: [
    pod({
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'no GPU' }],
    }),
    'Pod train-head is Pending (Unschedulable: no GPU)',
  ],
  'waiting to be created': [pod({}), 'Pod train-head is Pending'],
  'refused by its node': [pod({ phase: 'Unknown', reason: 'NodeLost' }), 'Pod train-head is Unknown (NodeLost)'],
};
for (const [title, [value, trouble]] of Object.entries(cases)) {
  test(title, (t) => {
    t.is(troubleOf(value), trouble);
    t.is(isReady(value), trouble === undefined);
  });
}
