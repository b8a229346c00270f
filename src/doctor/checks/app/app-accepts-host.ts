import { filledIn } from '../../../apps/start-command.ts';
import { advice } from '../../../errors/cure.ts';
import { clusterKey } from '../../check-context.ts';
import { defineCheck, type ToldFinding, toldFindings } from '../../define-check.ts';
import { fieldOf } from '../../finding.ts';
import { type AppCall, appCalls, appPlaceOf, whereOf } from '../../subjects/app-calls.ts';
import { calledTopics, groupedCalls, notCalled, servicePortsOf } from '../../subjects/called-ports.ts';

export const appAcceptsHost = defineCheck({
  id: 'app-accepts-host',
  group: 'app',
  onPath: true,
  title: 'the app accepts the host of its URL',
  severity: 'error',
  needs: ['services'],
  wants: [...calledTopics, 'controllerPods'],
  isCall: true,
  after: ['network-policy-allows', 'dns-resolves', 'tcp-connects', 'http-answers'],
  docs: () => ({
    means:
      'A recognized app refuses the request because it does not know the host in the Host header. MLflow 3.5 and later answers 403 to every host except localhost and private addresses. Controllers pass the host of the URL on to the app.',
    matters: 'The address and the Ingress are right, and every caller gets the refusal.',
    fix: 'Start the app with its option for allowed hosts. The host and port in the URL have to be one of its values.',
    sources: ['https://mlflow.org/docs/latest/self-hosting/security/network/', 'src/apps: hostRefusal of each app'],
  }),
  notApplicable: (scene) =>
    notCalled(scene) ?? (appCalls(scene).length === 0 ? 'no app answers a checked port' : undefined),
  needsHere: () => ['probes'],
  find: (scene): ToldFinding[] =>
    groupedCalls(appCalls(scene).filter(isRefused), ({ row }) => row.url ?? '').map((group) => {
      const call = group[0] as AppCall;
      const { row, app, http } = call;
      return {
        about: [clusterKey(row)],
        servicePorts: servicePortsOf(group),
        objects: row.source,
        evidence: row.source.slice(0, 1).map((reference) => fieldOf(reference, `GET ${row.url}`, http)),
        fact: `${app!.title} answers ${http.status} at ${whereOf(call)}: it does not accept the host ${new URL(row.url!).host}`,
        cures: [advice(`start ${app!.title} with ${filledIn(app!.hostRefusal!.option, appPlaceOf(call, scene))}`)],
      };
    }),
  ...toldFindings,
});

function isRefused({ http, app }: AppCall): boolean {
  return http.refusesHost === true && app?.hostRefusal !== undefined;
}
