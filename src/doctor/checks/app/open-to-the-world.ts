import type { App } from '../../../apps/app.ts';
import { advice, type Cure, command, cure, part } from '../../../errors/cure.ts';
import { unexposeCommand } from '../../../exposure/plan/unexpose-command.ts';
import { portArgument } from '../../../exposure/port-mapping.ts';
import { type ExposeMode, exposeModes } from '../../../exposure/port-mode-names.ts';
import { scopeOf } from '../../../exposure/scope.ts';
import { allModes } from '../../../modes/all-modes.ts';
import { operandOf } from '../../../skypilot/operand.ts';
import { type CheckContext, clusterKey } from '../../check-context.ts';
import { defineCheck, type ToldFinding, toldFindings } from '../../define-check.ts';
import { fieldOf } from '../../finding.ts';
import { type AppCall, appCalls, exposeIngress, whereOf } from '../../subjects/app-calls.ts';
import { calledTopics, groupedCalls, notCalled } from '../../subjects/called-ports.ts';

type Scene = Pick<CheckContext, 'view' | 'subject'>;

export const openToTheWorld = defineCheck({
  id: 'open-to-the-world',
  group: 'app',
  onPath: false,
  title: 'no app that runs code answers every caller at a public address',
  severity: 'warning',
  needs: ['services'],
  wants: [...calledTopics, 'controllerPods'],
  isCall: true,
  after: ['network-policy-allows', 'dns-resolves', 'tcp-connects', 'http-answers'],
  docs: () => ({
    means:
      'A recognized app runs any code that its callers send, and it answered a request without credentials at a public address. These apps are JupyterLab without a token, marimo without a token, code-server without a password, VS Code without a connection token, and the Ray dashboard. One `GET` at a path that these apps keep for their users shows this. A port with source ranges or an allow-list is not reported, and neither is a private address. A firewall that admits only this machine is not detected.',
    matters:
      'Anyone on the internet can run programs in the Pod, read its data and its secrets, and use its GPUs. Scanners find such ports within hours.',
    fix: 'Close the port, or make the app or the ingress controller ask who is calling. `forward` and `open` reach the app without an open port.',
    commands: [
      cure(command`kubectl skyports unexpose NAME PORT`, 'closes the port'),
      cure(command`kubectl skyports forward NAME PORT`, 'reaches the app without an open port'),
    ],
    sources: [
      'src/apps: runsCode of each app',
      'https://jupyter-server.readthedocs.io/en/latest/operators/security.html',
      'https://docs.ray.io/en/latest/ray-security/index.html',
    ],
  }),
  notApplicable: (scene) =>
    notCalled(scene) ??
    (publicCalls(scene).length === 0 ? 'no app that is known to run code answers at a public address' : undefined),
  needsHere: () => ['probes'],
  unsettled(scene) {
    const open = publicCalls(scene).find(({ probe }) => !probe.unauthenticated);
    return open && `whether ${open.app.title} at ${whereOf(open)} asks for credentials is unknown: it was not called`;
  },
  find: (scene): ToldFinding[] =>
    groupedCalls(publicCalls(scene).filter(letsIn), ({ row }) => row.url ?? '').map((group) => {
      const call = group[0] as OpenCall;
      const { row, app, probe } = call;
      return {
        about: [clusterKey(row)],
        objects: row.source,
        evidence: row.source
          .slice(0, 1)
          .map((reference) => fieldOf(reference, `GET ${probe.unauthenticated!.path}`, probe.unauthenticated!.answer)),
        fact: `${app.title} at ${whereOf(call)} asked for no credentials: anyone who can reach this public address can run code in the Pod`,
        cures: curesOf(call),
      };
    }),
  ...toldFindings,
});

/** A call of an app that runs code for its callers. */
interface OpenCall extends AppCall {
  readonly app: App;
}

/** The calls of apps that run code, at public addresses that no allow-list protects. */
function publicCalls(scene: Scene): OpenCall[] {
  return appCalls(scene).flatMap((call) =>
    call.app?.runsCode && isPublic(call) && !call.row.access.includes('allow-list') ? [{ ...call, app: call.app }] : [],
  );
}

/** Whether the called address is public. A host name is public if one of its addresses is. */
function isPublic({ row, probe: { address, names } }: AppCall): boolean {
  if (row.scope !== null) return row.scope === 'public';
  const led = names.find(({ name }) => name === address)?.addresses ?? [];
  return led.some((each) => scopeOf(each) === 'public');
}

function letsIn({ probe: { unauthenticated } }: OpenCall): boolean {
  const answer = unauthenticated?.answer;
  return answer?.letsIn === true && !answer.page;
}

function curesOf({ row, app }: OpenCall): Cure[] {
  const { port, namespace } = row;
  const mode = exposeModes.find((each) => each === row.mode);
  const isOurs = row.managedBy === 'kubectl-skyports' && mode !== undefined;
  const closing = unexposeCommand({ ...row, displayName: row.skyCluster }, mode, [port]);
  const isController = allModes[row.mode].answeredBy === 'controller';
  // A new path at the controller has no certificate, even if the app itself speaks TLS.
  const isPlain = !isController || (row.url?.startsWith('http:') ?? true);
  const password = part`--auth basic ${isPlain && part`--allow-plain-http`}`;
  const plainly = isPlain ? '; without TLS, the password travels in plain text' : '';
  const limited = command`kubectl skyports expose ${operandOf(row)} ${portArgument(row)} -n ${namespace} --mode ${row.mode} --source-range CIDR`;
  return [
    ...(isOurs ? [cure(closing, 'closes the port')] : [closedElsewhere(row)]),
    cure(
      command`kubectl skyports forward ${operandOf(row)} ${port} -n ${namespace}`,
      'reaches the app without an open port',
    ),
    ...(isOurs
      ? [
          cure(
            exposeIngress(row, password),
            isController
              ? `keeps the port open, and asks for a password${plainly}`
              : `opens it with a password; then close this port${plainly}`,
          ),
          ...(takesSourceRanges(mode)
            ? [cure(limited, 'keeps it open for some callers; CIDR is the range that may connect')]
            : []),
        ]
      : []),
    ...(app.runsCode!.toAsk ? [advice(`start ${app.title} ${app.runsCode!.toAsk}`)] : []),
  ];
}

function takesSourceRanges(mode: ExposeMode): boolean {
  return allModes[mode].flags.includes('source-range');
}

/** What to do about a port that this plugin did not open. SkyPilot closes no port of a cluster that runs. */
function closedElsewhere({ managedBy, source }: AppCall['row']): Cure {
  const [first] = source;
  if (managedBy === 'skypilot')
    return advice('SkyPilot keeps this port open as long as the cluster exists: make the app ask, or stop the app');
  return advice(`close it where ${first!.kind} ${first!.namespace}/${first!.name} was created`);
}
