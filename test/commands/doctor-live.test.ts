import { join } from 'node:path';
import test from 'ava';
import { findPrograms } from '../cluster/binaries.ts';
import { clusterVariable } from '../cluster/cluster-description.ts';
import { type RunningCluster, startCluster } from '../cluster/start.ts';
import { cluster, type Json, requestsOf, until } from '../helpers/cluster.ts';
import { liveScenario, makeScenario, skyConfigOf, userOf } from '../helpers/live-scenario.ts';
import { type RunOutcome, skyports } from '../helpers/run-skyports.ts';
import { type Scenario, scenarioNamed } from '../helpers/scenario.ts';

/**
 * Scenarios of the book whose diagnosis does not rest on an age. Each is made with real objects and real RBAC on an API
 * server of this file's own, for they contradict one another in what is there once for a whole cluster.
 */
const names = [
  'healthy-loadbalancer',
  'healthy-ingress',
  'healthy-ingress-one-namespace',
  'healthy-nodeport',
  'no-head-pod',
  'head-evicted',
  'head-image-not-found',
  'head-not-ready',
  'service-selects-nobody',
  'port-not-opened',
  'ingress-class-missing',
  'ingress-class-of-traefik',
  'ingress-backend-missing',
  'ingress-no-external-ip',
  'annotation-scheme',
  'annotation-and-load-balancer',
  'external-ips-and-annotation',
  'controller-elsewhere',
  'controller-rke2',
  'pods-and-services-forbidden',
  'skypilot-minimal-role',
  'sky-config-upper-case',
];

let running: RunningCluster;

test.before(async () => {
  running = await startCluster(await findPrograms());
  process.env[clusterVariable] = running.descriptionFile;
});
test.after.always(() => running?.stop());

/** What the book says must come out. */
function expected(name: string): Pick<Scenario, 'rootCauses' | 'findings' | 'exit'> {
  const { rootCauses, findings, exit } = scenarioNamed(name);
  return { rootCauses, findings, exit };
}

for (const name of names) {
  test.serial(`${name}, made for real, is diagnosed as the book has it, and from its dump as live`, async (t) => {
    const scenario = liveScenario(name);
    const remove = await makeScenario(scenario);
    t.teardown(remove);
    const user = await userOf(scenario);
    const saved = join(cluster().temporaryFolder, `${name}.saved.yaml`);
    const env = skyConfigOf(scenario);
    const { namespace } = scenario.dump.metadata;
    const scope = namespace === null ? ['-A'] : ['-n', namespace];
    const live = () =>
      skyports(['doctor', ...scope, ...scenario.args, '--save', saved, '-o', 'json'], {
        kubeconfig: user.kubeconfig,
        env,
      });
    const wanted = expected(name);
    let outcome: RunOutcome | undefined;
    const isAsWanted = async () => {
      outcome = await live();
      return matches(outcome, wanted);
    };
    // EndpointSlices come a moment after their Services and Pods.
    await until('the diagnosis is as wanted', isAsWanted, { everyMs: 100 }).catch(() => {});
    if (!outcome) throw new Error('doctor did not run');
    t.deepEqual(summaryOf(outcome), wanted, `${outcome.stderr}${outcome.stdout}`);
    const offline = await skyports(['doctor', ...scenario.args, '-f', saved, '-o', 'json'], { kubeconfig: '' });
    t.is(offline.code, outcome.code);
    t.deepEqual(JSON.parse(offline.stdout), JSON.parse(outcome.stdout));
    const shown = await skyports(['doctor', ...scenario.args, '-f', saved, '--redact', '-o', 'json'], {
      kubeconfig: '',
    });
    t.deepEqual(summaryOf(shown), wanted, shown.stderr);
  });
}

function summaryOf({ code, stdout }: { code: number; stdout: string }): ReturnType<typeof expected> {
  const { rootCauses, checks } = JSON.parse(stdout || '{"checks":[]}');
  const findings = checks.filter(({ outcome }: Json) => outcome === 'fail').map(({ id }: Json) => id);
  return { rootCauses, findings, exit: code };
}

function matches(outcome: { code: number; stdout: string }, wanted: ReturnType<typeof expected>): boolean {
  return JSON.stringify(summaryOf(outcome)) === JSON.stringify(wanted);
}

test.serial('it asks at most seventeen lists, whatever the number of clusters, and changes nothing', async (t) => {
  const scenario = liveScenario('healthy-ingress');
  t.teardown(await makeScenario(scenario));
  for (const args of [[], ['-A'], ['-n', 'default']]) {
    const user = await userOf(scenario);
    await skyports(['doctor', ...args], { kubeconfig: user.kubeconfig });
    const requests = await requestsOf(user.name);
    t.true(requests.filter(({ verb }) => verb === 'list').length <= 17);
    const others = requests.filter(
      ({ verb, resource }) => verb !== 'list' && verb !== 'get' && resource !== 'selfsubjectaccessreviews',
    );
    t.deepEqual(others, []);
  }
});
