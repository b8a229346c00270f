import test from 'ava';
import type { SaidFinding } from '../../src/doctor/judge.ts';
import { sameFindings } from '../../src/output/same-findings.ts';
import { fortyClusters } from '../helpers/forty-clusters.ts';
import { diagnose } from '../helpers/scenario.ts';

/** A load balancer without an address, as `load-balancer-address` says it. */
function pending(name: string, namespace = 'ml', about = [`${namespace}/${name}-2ea485ef`]): SaidFinding {
  const service = { kind: 'Service', namespace, name: `${name}-2ea485ef--skypilot-lb` };
  return {
    severity: 'error',
    about,
    message: `Service ${service.name} of ${name} (${name}-2ea485ef) has no external address for ${name.length + 2}m5s`,
    cures: [],
    fix: undefined,
    objects: [service],
    evidence: [],
  };
}

const others = (findings: readonly SaidFinding[]) => sameFindings(findings).map((group) => group.others);

test('findings that differ only in names and numbers are one, with a count and the first names', (t) => {
  const findings = Array.from({ length: 3000 }, (_, at) => pending(`train-${at}`));
  const groups = sameFindings(findings);
  t.is(groups.length, 1);
  t.is(groups[0]!.first, findings[0]!);
  t.is(
    groups[0]!.others,
    'similar findings for 2999 more SkyPilot clusters: train-1-2ea485ef, train-2-2ea485ef, train-3-2ea485ef and 2996 more; -o json lists all',
  );
});

test('SkyPilot clusters of several namespaces are named with them', (t) => {
  const findings = [pending('a'), pending('b', 'x'), pending('c', 'y'), pending('d', 'z')];
  t.deepEqual(others(findings), [
    'similar findings for 3 more SkyPilot clusters: x/b-2ea485ef, y/c-2ea485ef and z/d-2ea485ef; -o json lists all',
  ]);
});

test('few findings, other faults, and findings about several SkyPilot clusters stay apart', (t) => {
  t.deepEqual(others([pending('a'), pending('b'), pending('c')]), [null, null, null]);
  const names = ['a', 'b', 'c', 'd', 'e'];
  t.deepEqual(
    others(names.map((name, at) => ({ ...pending(name), message: `${name} fails ${'very '.repeat(at)}badly` }))),
    [null, null, null, null, null],
  );
  t.deepEqual(others(names.map((name) => pending(name, 'ml', ['*']))), [null, null, null, null, null]);
  t.deepEqual(others(names.map(() => pending('a'))), [null, null, null, null, null], 'one cluster, five ports');
});

test('the report for an issue counts similar findings, too', async (t) => {
  const { stdout } = await diagnose({ text: fortyClusters(), arguments: [] }, '-o', 'markdown');
  t.is(stdout.match(/similar findings for 19 more SkyPilot clusters: /g)?.length, 2, stdout);
  t.false(stdout.includes('more: `-o json` has every finding'), stdout);
});
