import { advice, type Cure, command, cure } from '../../errors/cure.ts';
import { refuserIn } from '../../snapshot/dry-run.ts';
import type { ObjectReference } from '../../snapshot/object-reference.ts';
import { type Heard, isSettledLater, type Said, saidWhere } from './said.ts';

/**
 * The kinds of workloads that create Pods. If a workload cannot create a Pod, its controller writes the event
 * FailedCreate (kubernetes/kubernetes, pkg/controller).
 */
const workloads: ReadonlySet<string> = new Set([
  ...['ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicationController'],
]);

/**
 * A patch with the label that allows every Pod in a namespace, for the Pod Security Standards
 * (k8s.io/pod-security-admission, api/constants.go).
 */
const privileged = '{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"privileged"}}}';

/**
 * The warning events about workloads that could not create a Pod, for example with `exceeded quota`. The missing Pod
 * itself has no status and no events.
 * @param owns selects the workloads that would create the Pod
 */
export function saidOfNeverCreated(heard: Heard, owns: (workload: ObjectReference) => boolean): Said[] {
  const said = saidWhere(heard, (about) => workloads.has(about.kind) && owns(about));
  return said.filter((each) => !isSettledLater(each, heard));
}

/** The reports about workloads that could not create a Pod. All other reports are left out. */
export function refusalsOfPods(said: readonly Said[]): Said[] {
  return said.filter(({ object, reason }) => workloads.has(object.kind) && reason === 'FailedCreate');
}

/** Events about workloads, as text: `ReplicaSet default/a-7d: warning event FailedCreate from …`. */
export function neverCreatedWords(said: readonly Said[]): string[] {
  return said.map(({ object: { kind, namespace, name }, words }) => `${kind} ${namespace}/${name}: ${words}`);
}

/**
 * The cures for a Pod that was refused. If the message names what refused the Pod, the cures are about this. Otherwise,
 * the cure is a look at the workload.
 */
export function neverCreatedCures(said: readonly Said[]): Cure[] {
  const known = refusalCures(said);
  const [first] = said;
  if (known.length > 0 || !first) return known;
  const { kind, namespace, name } = first.object;
  return [cure(command`kubectl describe ${kind.toLowerCase()} ${name} -n ${namespace}`, 'shows why it creates no Pod')];
}

/** The cures for a Pod that a quota, a policy, a webhook or a security standard refused. Empty for other messages. */
export function refusalCures(said: readonly Said[]): Cure[] {
  const [first] = said;
  if (!first) return [];
  const { namespace } = first.object;
  const [level] = /(?<=violates PodSecurity ")[a-z]+/.exec(first.message) ?? [];
  if (level !== undefined) {
    return [
      cure(
        command`kubectl patch namespace ${namespace} --type=merge -p ${privileged}`,
        `lets the namespace have Pods that break the level ${level} of the Pod Security Standards`,
      ),
    ];
  }
  if (/any security context constraint/.test(first.message)) {
    return [
      cure(
        command`oc adm policy add-scc-to-user privileged -z NAME -n ${namespace}`,
        'lets the service account NAME of its Pods use the privileged security context',
      ),
    ];
  }
  const refuser = refuserIn(first.message);
  if (refuser.kind === 'ResourceQuota') {
    return [
      cure(
        command`kubectl describe resourcequota ${refuser.name} -n ${namespace}`,
        first.message.includes('must specify')
          ? 'shows what the quota counts: each Pod of the namespace has to set it; a LimitRange gives Pods a default'
          : 'shows what the quota counts; an administrator can raise it, or remove what uses it up',
      ),
    ];
  }
  if (refuser.kind === 'ValidatingAdmissionPolicy' || refuser.kind === 'MutatingAdmissionPolicy') {
    const resource = refuser.kind.toLowerCase();
    return [cure(command`kubectl describe ${resource} ${refuser.name}`, 'shows what the policy refuses')];
  }
  if (refuser.kind === 'webhook') {
    return [advice(`change what the admission webhook ${refuser.name} refuses, or add an exception to its policy`)];
  }
  if (refuser.kind === 'broken webhook') {
    return [
      cure(
        command`kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations -o yaml`,
        `shows where the webhook ${refuser.name} leads, which does not answer`,
      ),
    ];
  }
  return [];
}

/**
 * The name of a workload without generated parts. The name of a ReplicaSet is the name of its Deployment and a hash, so
 * the hash is removed.
 */
export function workloadNameOf({ kind, name }: ObjectReference): string {
  return kind === 'ReplicaSet' ? name.replace(/-[a-z0-9]+$/, '') : name;
}
