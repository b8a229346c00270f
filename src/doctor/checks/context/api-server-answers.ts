import { command, cure, part } from '../../../errors/cure.ts';
import type { Snapshot } from '../../../snapshot/snapshot.ts';
import type { Observation } from '../../../snapshot/topics.ts';
import { defineCheck } from '../../define-check.ts';
import { allClusters, fieldOf } from '../../finding.ts';

export const apiServerAnswers = defineCheck({
  id: 'api-server-answers',
  group: 'context',
  onPath: true,
  breaksCalls: true,
  title: 'the API server answers',
  severity: 'error',
  needs: [],
  wants: ['serverVersion', 'apiGroups'],
  after: [],
  docs: () => ({
    means:
      "The API server of the kubeconfig's context could not be reached in time, rejected the user, or failed when the plugin asked for its version.",
    matters:
      'Nothing else can be checked. The ports themselves may still work at the addresses that they had before. SkyPilot has the same failure if it uses the same context and credentials.',
    fix: 'Do what the message says: log in again, start the VPN or the cluster, or choose another context with `--context`.',
    commands: [cure(command`kubectl version`, 'asks the same server')],
    sources: ['Kubernetes API: GET /version, GET /apis', 'kubectl config, client-go transport errors'],
  }),
  notApplicable: ({ perhaps }) => (answerIn(perhaps) ? undefined : 'the file does not say whether the server answered'),
  find({ context, perhaps }) {
    const { path, observation } = answerIn(perhaps)!;
    if (observation.observed) return [];
    const { reason, message, cures = [] } = observation;
    // A refusal is also an answer. So is a 404 from a server without the path.
    if (reason !== 'failed' && reason !== 'timed-out') return [];
    const object = { kind: 'Context', namespace: '', name: context };
    return [
      {
        about: allClusters,
        objects: [object],
        evidence: [fieldOf(object, `GET ${path}`, message)],
        ...{ context, message, remedies: cures },
      },
    ];
  },
  say: ({ message }) => `the API server gave no usable answer: ${message}`,
  cures: ({ context, remedies }) => [
    ...remedies,
    cure(
      command`kubectl version ${context !== '' && part`--context ${context}`}`,
      'asks the same server; the fault is on the way to it, or in the credentials',
    ),
  ],
});

interface Answer {
  readonly path: string;
  readonly observation: Observation<unknown>;
}

/**
 * The answer to a request that needs no permission; undefined if none was sent. `/version` is only requested if Nodes do
 * not show the version. kubectl's output shows only the API groups of the printed objects, so these do not count.
 */
function answerIn({ serverVersion, apiGroups }: Pick<Snapshot['topics'], 'serverVersion' | 'apiGroups'>) {
  const answers: Answer[] = [
    { path: '/version', observation: serverVersion },
    { path: '/apis', observation: apiGroups },
  ];
  return answers.find(({ observation }) =>
    observation.observed ? !observation.cutOff : observation.reason !== 'not-collected',
  );
}
