import test, { type ExecutionContext } from 'ava';
import { inNamespace } from '../../src/exposure/one-namespace.ts';
import { indexSnapshot } from '../../src/exposure/snapshot-index.ts';
import { resolveEndpoints } from '../../src/modes/resolve-endpoints.ts';
import { dumpOf } from '../../src/snapshot/dump.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import type { Json } from '../helpers/cluster.ts';
import { allFieldCases, liveCluster } from '../helpers/field-case.ts';
import { type AnsweringCluster, bothViewsOf, clusterOf } from '../helpers/narrowed.ts';
import { asDocumented, requestsIn, rowsBelow } from '../helpers/requests-document.ts';
import { allScenarios, diagnose, documentsOf, snapshotOfScenario } from '../helpers/scenario.ts';

/**
 * Scenarios whose user may not list IngressClasses, for a path that has no Ingress. The check `permissions` reports a
 * list that was refused. A list that the path does not need is not requested, so it is not reported. Nothing else
 * differs.
 */
const withoutUnneededRefusals = [
  'healthy-loadbalancer-one-namespace',
  'healthy-loadbalancer-two-nodes-one-namespace',
  'healthy-nodeport-one-namespace',
  'healthy-nodeport-two-nodes-one-namespace',
  'healthy-podip-one-namespace',
  'healthy-podip-two-nodes-one-namespace',
  'skypilot-minimal-role',
];

/**
 * A case with ServiceLB, and a path without a load balancer. The Pods of ServiceLB are then not requested. The diagnosis
 * names ServiceLB all the same, because it comes with K3s, but not its Pods as the evidence.
 */
const withOtherEvidence = ['skypilot-6997-api-server-chart-on-k3s'];

for (const scenario of allScenarios()) {
  const [document] = documentsOf(scenario);
  // A mode that is not in use has no path, and kubectl's output is not what a live doctor requests.
  if (document.kind !== 'Snapshot' || scenario.arguments.includes('--mode')) continue;
  test(`scenario ${scenario.name}: what was requested for the path has the same diagnosis as all lists`, async (t) => {
    const whole = snapshotOfScenario(scenario);
    const isRefused = withoutUnneededRefusals.includes(scenario.name);
    for (const snapshot of inNamespaces(whole)) {
      const [name = ''] = scenario.arguments;
      const asWritten = name === '' || name.startsWith('-') ? [] : [scenario.arguments];
      for (const args of [...asWritten, ...pathsIn(snapshot)])
        await compare(t, clusterOf(snapshot), args, { isRefused });
    }
    t.pass();
  });
}

for (const fieldCase of allFieldCases()) {
  test(`field case ${fieldCase.name}: what was requested for the path has the same diagnosis as all lists`, async (t) => {
    const cluster = liveCluster(fieldCase);
    const { full } = await bothViewsOf(cluster, { name: '', ports: undefined });
    const isOther = withOtherEvidence.includes(fieldCase.name);
    for (const args of pathsIn(full)) await compare(t, cluster, args, { isOther });
    t.pass();
  });
}

function inNamespaces(whole: Snapshot): (Snapshot & { readonly namespace: string })[] {
  const { namespace } = whole;
  if (namespace !== null) return [{ ...whole, namespace }];
  const namespaces = new Set(indexSnapshot(whole).skyClusters.map((each) => each.namespace));
  return [...namespaces].map((each) => ({ ...inNamespace(whole, each), namespace: each }));
}

/** Arguments for each SkyPilot cluster, and for each of its ports if it has several. */
function pathsIn(snapshot: Snapshot): string[][] {
  const view = indexSnapshot(snapshot);
  return view.skyClusters.flatMap((skyCluster) => {
    const rows = resolveEndpoints(view, { skyClusters: [skyCluster] });
    const ports = [...new Set(rows.map(({ port }) => port))].slice(0, 3);
    const { nameOnCloud } = skyCluster;
    return [[nameOnCloud], ...(ports.length > 1 ? ports.map((port) => [nameOnCloud, `${port}`]) : [])];
  });
}

interface Tolerated {
  readonly isRefused?: boolean;
  readonly isOther?: boolean;
}

async function compare(
  t: ExecutionContext,
  cluster: AnsweringCluster,
  args: readonly string[],
  { isRefused, isOther }: Tolerated,
) {
  const [name = '', ...others] = args;
  const ports = others.filter((each) => /^\d+$/.test(each)).map(Number);
  const at = args.indexOf('--ingress-service');
  const path = { name, ports: ports.length > 0 ? ports : undefined, ingressService: at < 0 ? undefined : args[at + 1] };
  const { full, narrowed, rounds } = await bothViewsOf(cluster, path);
  t.true(rounds.length <= 4, `${rounds.length} rounds`);
  const lists = rounds.flatMap((round) => Object.keys(round));
  t.true(lists.length <= 24, lists.join(', '));
  const diagnosisOf = async (snapshot: Snapshot) => {
    const words = [...args, ...(isRefused ? ['--skip', 'permissions'] : [])];
    const { code, stdout, stderr } = await diagnose(
      { text: JSON.stringify(dumpOf(snapshot)), arguments: words },
      '-o',
      'json',
    );
    const diagnosis: Json = stdout === '' ? {} : JSON.parse(stdout);
    if (isOther) for (const each of diagnosis.metadata.loadBalancers) delete each.reason;
    return { code, stderr, diagnosis };
  };
  t.deepEqual(await diagnosisOf(narrowed), await diagnosisOf(full), args.join(' '));
}

test('docs/requests.md names every further request, and the scenarios send each of them', async (t) => {
  const sent = new Set<string>();
  for (const scenario of allScenarios()) {
    if (documentsOf(scenario)[0].kind !== 'Snapshot') continue;
    for (const snapshot of inNamespaces(snapshotOfScenario(scenario))) {
      for (const [name = ''] of pathsIn(snapshot)) {
        const { rounds } = await bothViewsOf(clusterOf(snapshot), { name, ports: undefined });
        for (const request of rounds.slice(1).flatMap((round) => Object.values(round))) {
          sent.add(elsewhere(asDocumented(`GET ${request.path}`, snapshot.namespace)));
        }
      }
    }
  }
  const without = (cells: readonly string[]) => cells.flatMap(requestsIn).map((request) => request.split('?')[0]!);
  const ofIngressMode = without(rowsBelow('## Ingress mode').map(([request]) => request!));
  const further = without(rowsBelow('## Further requests').map(([requests]) => requests!));
  const documented = new Set([...ofIngressMode, ...further].map(elsewhere));
  // The first two are no lists. The last one is for another controller of AWS; test/doctor/further-lists.test.ts has it.
  for (const other of [
    'GET /version',
    'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    'GET /apis/eks.amazonaws.com/v1/namespaces/NAMESPACE/targetgroupbindings',
  ]) {
    t.true(documented.delete(other), other);
  }
  t.deepEqual([...sent].sort(), [...documented].sort());
});

/** Controllers and their ConfigMaps may be in any namespace. */
function elsewhere(request: string): string {
  return request.replace(/\/namespaces\/(?!NAMESPACE)[^/]+\/(events|configmaps)/, '/namespaces/OTHER/$1');
}
