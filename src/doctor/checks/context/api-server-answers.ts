import { command, cure, part } from '../../../errors/cure.ts';
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
  wants: ['serverVersion'],
  after: [],
  docs: () => ({
    means:
      "The API server of the kubeconfig's context could not be reached in time, rejected the user, or failed when the plugin asked for its version.",
    matters:
      'Nothing else can be checked. The ports themselves may still work at the addresses that they had before. SkyPilot has the same failure if it uses the same context and credentials.',
    fix: 'Do what the message says: log in again, start the VPN or the cluster, or choose another context with `--context`.',
    commands: [cure(command`kubectl version`, 'asks the same server')],
    sources: ['Kubernetes API: GET /version', 'kubectl config, client-go transport errors'],
  }),
  notApplicable: ({ perhaps: { serverVersion } }) =>
    !serverVersion.observed && serverVersion.reason === 'not-collected'
      ? 'the file does not say whether the server answered'
      : undefined,
  find({ context, perhaps: { serverVersion } }) {
    if (serverVersion.observed) return [];
    const { reason, message, cures = [] } = serverVersion;
    // A refusal is also an answer. So is a 404 from a server without the path `/version`.
    if (reason !== 'failed' && reason !== 'timed-out') return [];
    const object = { kind: 'Context', namespace: '', name: context };
    return [
      {
        about: allClusters,
        objects: [object],
        evidence: [fieldOf(object, 'GET /version', message)],
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
