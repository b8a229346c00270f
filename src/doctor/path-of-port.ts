import { type Endpoint, isOpenedInAdvance } from '../exposure/endpoint.ts';
import { allModes } from '../modes/all-modes.ts';
import type { HopName } from '../modes/hops.ts';
import { once } from '../snapshot/memo.ts';
import type { ObjectReference } from '../snapshot/object-reference.ts';
import { clusterKey } from './check-context.ts';
import { hopOfGroup } from './define-check.ts';
import type { Finding } from './finding.ts';
import { rootCausesOf, type SaidFinding, type Verdict } from './judge.ts';
import { type CalledUrl, isAnswer } from './subjects/answer.ts';

/**
 * The state of a hop, from the verdicts of its checks. `error` and `warning`: a check failed, and its worst finding has
 * this severity. `unknown`: a check could not run. `skipped`: nothing was judged, or the failure follows from an earlier
 * one. `pass`: the checks passed, or a call of the port was answered.
 */
export type HopState = 'pass' | 'error' | 'warning' | 'skipped' | 'unknown';

/** One station of a packet on its way to the app. */
export interface Hop {
  readonly name: HopName;
  readonly state: HopState;
  /** The message of the worst finding, or why the state is unknown; null for the other states. */
  readonly fact: string | null;
  /** The ids of the checks that decided the state. */
  readonly checks: readonly string[];
}

/** The way of a packet from the caller to the app behind one port. */
export interface PathOfPort {
  /** The port, with its URL and its objects. */
  readonly row: Endpoint;
  readonly hops: readonly Hop[];
  /** The hop where packets stop: the one with the first root cause. Null if no check says that they stop. */
  readonly brokenAt: HopName | null;
}

/**
 * The paths of the ports, in the order of the rows. Ports that SkyPilot opened in advance for SkyServe are left out, unless
 * the user named ports.
 *
 * @param rows the checked endpoints
 * @param named whether the user named ports
 */
export function pathsOf(
  rows: readonly Endpoint[],
  verdicts: readonly Verdict[],
  answers: readonly CalledUrl[],
  named = false,
): PathOfPort[] {
  const judgements = judgementsIn(verdicts, rows);
  const answered = new Set(answers.flatMap((each) => (isAnswer(each) && each.why === null ? [each.url] : [])));
  return rows
    .filter((row) => named || !isOpenedInAdvance(row))
    .map((row) => pathOf(row, judgements, row.url !== null && answered.has(row.url)));
}

/** The verdict of one check on the path, with its findings by SkyPilot cluster. */
interface Judgement {
  readonly verdict: Verdict;
  readonly hop: HopName;
  readonly isRootCause: boolean;
  readonly findings: ByCluster<SaidFinding>;
  readonly consequences: ByCluster<Finding>;
}

/** Findings by the key of their SkyPilot cluster; `*` has the findings about all clusters. */
type ByCluster<F> = ReadonlyMap<string, readonly F[]>;

/** All judgements, and the objects that open the checked ports. */
interface Judgements {
  readonly all: readonly Judgement[];
  readonly opening: ReadonlySet<string>;
}

function judgementsIn(verdicts: readonly Verdict[], rows: readonly Endpoint[]): Judgements {
  const rootCauses = new Set(rootCausesOf(verdicts));
  const all = verdicts.flatMap((verdict) => {
    const { check, findings, consequences } = verdict;
    const hop = check.hop ?? hopOfGroup[check.group];
    if (!check.onPath || hop === undefined) return [];
    const isRootCause = rootCauses.has(check.id);
    return [{ verdict, hop, isRootCause, findings: byCluster(findings), consequences: byCluster(consequences) }];
  });
  return { all, opening: new Set(rows.flatMap(({ source }) => source.map(textOf))) };
}

function byCluster<F extends { readonly about: readonly string[] }>(findings: readonly F[]): Map<string, F[]> {
  const byKey = new Map<string, F[]>();
  for (const finding of findings) {
    for (const key of finding.about) {
      const known = byKey.get(key);
      if (known) known.push(finding);
      else byKey.set(key, [finding]);
    }
  }
  return byKey;
}

function textOf({ kind, namespace, name }: ObjectReference): string {
  return `${kind} ${namespace}/${name}`;
}

/** A judgement, as far as it is about one port. */
interface Judged {
  readonly id: string;
  readonly hop: HopName;
  /** Undefined if the check did not judge the port. */
  readonly state: HopState | undefined;
  readonly fact: string | null;
  readonly isRootCause: boolean;
}

function pathOf(row: Endpoint, { all, opening }: Judgements, isAnswered: boolean): PathOfPort {
  const { hops: names } = allModes[row.mode];
  const place = { key: clusterKey(row), names, own: new Set(row.source.map(textOf)), opening };
  const judged = all.flatMap((judgement) => judgedFor(row, judgement, place) ?? []);
  const hops = once(() => withoutEmptyPasses(names.map((name) => hopOf(name, row, judged, isAnswered))));
  const stopped = judged.filter((each) => each.state === 'error');
  const slowed = row.state === 'Ready' ? [] : judged.filter((each) => each.state === 'warning');
  const broken = [...stopped, ...slowed];
  return {
    row,
    // Of thousands of paths, a text shows the hops of a few.
    get hops() {
      return hops();
    },
    brokenAt: (broken.find(({ isRootCause }) => isRootCause) ?? broken[0])?.hop ?? null,
  };
}

/** The hops, with `skipped` for EndpointSlices that nothing was found about because their Service has a fault. */
function withoutEmptyPasses(hops: readonly Hop[]): Hop[] {
  const service = hops.find(({ name }) => name === 'service');
  if (service?.state !== 'error') return [...hops];
  return hops.map((hop) =>
    hop.name === 'endpoint-slice' && hop.state === 'pass' ? { ...hop, state: 'skipped', checks: [] } : hop,
  );
}

/** The SkyPilot cluster, the hops and the objects of a port, and the objects that open any checked port. */
interface Place {
  readonly key: string;
  readonly names: readonly HopName[];
  readonly own: ReadonlySet<string>;
  readonly opening: ReadonlySet<string>;
}

function judgedFor(row: Endpoint, judgement: Judgement, place: Place): Judged | undefined {
  const { verdict, isRootCause } = judgement;
  const { id } = verdict.check;
  const isOnPath = place.names.includes(judgement.hop);
  const about = <F extends Finding | SaidFinding>(findings: ByCluster<F>): readonly F[] => {
    const [general, own] = [findings.get('*'), findings.get(place.key)];
    if (!general && !own) return [];
    return [...(general ?? []), ...(own ?? [])].filter((finding) => concerns(finding, row, place, isOnPath));
  };
  const found = about(judgement.findings);
  // A finding about the port's own objects counts in each mode: the Service of a controller may be a load balancer.
  const hop = isOnPath ? judgement.hop : 'address';
  if (!isOnPath && found.length === 0) return undefined;
  for (const state of ['error', 'warning'] as const) {
    const worst = found.find(({ severity }) => severity === state);
    if (worst) return { id, hop, state, fact: worst.message, isRootCause };
  }
  const isConsequence = verdict.consequenceOf !== null && verdict.consequences.length === 0;
  if (isConsequence || about(judgement.consequences).length > 0) {
    return { id, hop, state: 'skipped', fact: null, isRootCause: false };
  }
  // As in the outcome of the diagnosis, only checks with the severity error make a hop unknown.
  if (verdict.outcome === 'unknown' && verdict.check.severity !== 'error') return undefined;
  if (verdict.outcome === 'unknown') return { id, hop, state: 'unknown', fact: verdict.reason, isRootCause: false };
  if (verdict.outcome === 'skipped' && verdict.consequenceOf === null) return undefined;
  return { id, hop, state: 'pass', fact: null, isRootCause: false };
}

/**
 * Whether a finding is about a port. If its objects open ports, one of them has to open this port. Otherwise, the check
 * has to judge a hop of this port.
 */
function concerns(
  { servicePorts, objects }: Pick<Finding, 'servicePorts' | 'objects'>,
  row: Endpoint,
  { own, opening }: Place,
  isOnPath: boolean,
): boolean {
  if (servicePorts && !servicePorts.includes(row.port)) return false;
  const openers = objects.map(textOf).filter((each) => opening.has(each));
  return openers.length === 0 ? isOnPath : openers.some((each) => own.has(each));
}

/** The states of a hop's checks. The first state that one of them has is the state of the hop. */
const order: readonly HopState[] = ['error', 'warning', 'skipped', 'unknown', 'pass'];

function hopOf(name: HopName, row: Endpoint, judged: readonly Judged[], isAnswered: boolean): Hop {
  const here = judged.filter(({ hop }) => hop === name);
  const state = order.find((each) => here.some((one) => one.state === each)) ?? 'skipped';
  const deciding = here.filter((each) => each.state === state);
  const decided = { fact: deciding[0]?.fact ?? null, checks: deciding.map(({ id }) => id) };
  // An answer shows that every hop works, even if no check judged it.
  if (isAnswered && (state === 'skipped' || state === 'unknown'))
    return { name, state: 'pass', fact: null, checks: [] };
  if (name === 'address' && row.address === null && state === 'pass') {
    return { name, state: 'skipped', fact: null, checks: [] };
  }
  return { name, state, ...decided };
}
