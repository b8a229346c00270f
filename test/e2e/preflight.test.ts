import test, { type ExecutionContext } from 'ava';
import { until } from '../cluster/until.ts';
import type { Found } from './diagnosed.ts';
import { diagnosed } from './diagnosed.ts';
import { apply, isOurNode, pasted, shell, untilReached } from './machine.ts';
import { appPort, skyCluster } from './sky-cluster.ts';

// What refuses a load balancer on a real API server, with the controllers that belong to it, before anything is written;
// and that the mode that is printed instead is the way in.

/** What `doctor --mode` says once the API server refuses: it learns of quotas and policies a moment after they are made. */
function untilRefused(namespace: string, mode: string): Promise<Found> {
  return until(`the API server refuses ${mode}`, async () => {
    const found = await diagnosed(namespace, `--probe=false --mode ${mode}`);
    return found.rootCauses[0] === 'writes-accepted' && / refuses the dry run of /.test(found.message) && found;
  });
}

/** The printed mode is checked, used and called. */
async function otherWayIn(t: ExecutionContext, note: string, namespace: string): Promise<void> {
  const check = /^kubectl skyports doctor .* --mode ingress$/m.exec(note)?.[0];
  t.truthy(check, note);
  t.regex(await pasted(check!), /^ingress: yes$/m);
  await pasted(`kubectl skyports expose train ${appPort} -n ${namespace} --mode ingress --wait=60s`);
  await untilReached((await pasted(`kubectl skyports endpoints train -n ${namespace} -o url`)).trim());
}

if (isOurNode) {
  test('a quota of load balancers and nodePorts: refused before it is written, and ingress mode is the way in', async (t) => {
    const { namespace, nameOnCloud } = await skyCluster(t);
    const metadata = { name: 'team-a', namespace };
    const hard = { 'services.loadbalancers': '0', 'services.nodeports': '0' };
    await apply({ apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard } });
    const { message, note } = await untilRefused(namespace, 'loadbalancer');
    t.regex(message, /^ResourceQuota team-a refuses .*exceeded quota: team-a, requested: services\.loadbalancers=1/);
    t.regex((await untilRefused(namespace, 'nodeport')).message, /requested: services\.nodeports=1/);
    t.regex(message, /1 ResourceQuota: team-a \([^)]*services\.nodeports: 0 of 0/);
    const { code, stderr } = await shell(
      `kubectl skyports expose train ${appPort} -n ${namespace} --mode loadbalancer --wait=0`,
    );
    t.is(code, 1);
    t.regex(stderr, /\nrefused by ResourceQuota team-a\n/);
    t.is(await pasted(`kubectl get services -n ${namespace} -l skypilot-cluster-name=${nameOnCloud} -o name`), '');
    await otherWayIn(t, note, namespace);
    // As the administrator does whom the note tells to ask.
    const room = JSON.stringify({ spec: { hard: { 'services.loadbalancers': '1', 'services.nodeports': '1' } } });
    await pasted(`kubectl patch resourcequota team-a -n ${namespace} --type=merge -p '${room}'`);
    await until('there is room', async () => {
      const { rootCauses } = await diagnosed(namespace, '--probe=false --mode loadbalancer');
      return !rootCauses.includes('writes-accepted');
    });
    await pasted(`kubectl skyports expose train ${appPort} -n ${namespace} --mode loadbalancer --wait=60s`);
    const url = `kubectl skyports endpoints train -n ${namespace} --mode loadbalancer -o url`;
    await untilReached((await pasted(url)).trim());
  });

  test('a ValidatingAdmissionPolicy against load balancers: refused in its words, and ingress mode is the way in', async (t) => {
    const { namespace } = await skyCluster(t);
    const name = `no-load-balancers-${namespace}`;
    const apiVersion = 'admissionregistration.k8s.io/v1';
    const kinds = 'validatingadmissionpolicies,validatingadmissionpolicybindings';
    t.teardown(() => pasted(`kubectl delete ${kinds} ${name}`));
    const resourceRules = [
      { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['services'] },
    ];
    const validations = [{ expression: "object.spec.type != 'LoadBalancer'", message: 'use the shared controller' }];
    const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
    await apply(
      {
        apiVersion,
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name },
        spec: { failurePolicy: 'Fail', matchConstraints: { resourceRules }, validations },
      },
      {
        apiVersion,
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name },
        spec: { policyName: name, validationActions: ['Deny'], matchResources: { namespaceSelector } },
      },
    );
    const { message, note } = await untilRefused(namespace, 'loadbalancer');
    t.regex(
      message,
      /^ValidatingAdmissionPolicy no-load-balancers-\S+ refuses .* denied request: use the shared controller$/,
    );
    t.regex(
      await pasted(/^kubectl get -o yaml validatingadmissionpolicy .*$/m.exec(note)![0]),
      /use the shared controller/,
    );
    await otherWayIn(t, note, namespace);
  });
}
