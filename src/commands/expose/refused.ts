import { type Cure, command, cure } from '../../errors/cure.ts';
import { Failure } from '../../errors/failure.ts';
import { countsOfWrite, exceededQuotas, isCountedAtOnce, shortageText, sumOfCounts } from '../../exposure/quotas.ts';
import { curesOfRefusal } from '../../exposure/refusal-cures.ts';
import { indexSnapshot } from '../../exposure/snapshot-index.ts';
import { ApiError } from '../../kubernetes/api/api-error.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { observe } from '../../kubernetes/snapshots/collect.ts';
import { operandOf } from '../../skypilot/operand.ts';
import { isAboutPermission, refuserIn, refuserName } from '../../snapshot/dry-run.ts';
import { collectionPath } from '../../snapshot/resource-paths.ts';
import { unseenWords } from '../../snapshot/unseen-words.ts';
import type { System } from '../../system.ts';
import { say } from '../messages.ts';
import type { PreparedExpose } from './prepare.ts';

/**
 * Adds the refuser, such as a webhook or a ResourceQuota, to the error of a refused write. Also adds commands that show
 * the refuser. Returns other errors unchanged.
 */
export function withRefuser(error: unknown, namespace: string): unknown {
  const answer = answerIn(error);
  if (!answer || !(error instanceof Failure) || isAboutPermission(answer.serverMessage)) return error;
  const refuser = refuserIn(answer.serverMessage);
  if (refuser.kind === 'API server') return error;
  return again(
    error,
    [...error.cures, ...curesOfRefusal(refuser, namespace, undefined, answer.serverMessage)],
    `refused by ${refuserName(refuser)}`,
  );
}

/**
 * If a dry run was refused because a permission is missing, adds a suggestion to the error: a check that only reads
 * quotas and webhooks. The dry run itself needs the permissions of the write.
 */
export function withReadOnlyCheck(error: unknown, { request: { skyCluster, mode, ports } }: PreparedExpose): unknown {
  const answer = answerIn(error);
  if (!answer || !(error instanceof Failure) || !isAboutPermission(answer.serverMessage)) return error;
  const operands = ports.map(({ servicePort }) => servicePort);
  const { namespace } = skyCluster;
  const read = command`kubectl skyports doctor ${operandOf(skyCluster)} ${operands} -n ${namespace} --mode ${mode}`;
  return again(error, [
    ...error.cures,
    cure(read, 'reads quotas and webhooks instead, which needs no write permission'),
  ]);
}

function answerIn(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) return error;
  const cause = error instanceof Failure ? error.cause : undefined;
  return cause instanceof ApiError ? cause : undefined;
}

function again(error: Failure, cures: readonly Cure[], detail?: string): Failure {
  const { code, message, exitCode } = error;
  const details = [...(detail === undefined ? [] : [detail]), ...error.details];
  return new Failure(code, message, cures, { exitCode, details, cause: error });
}

/**
 * Refuses a plan whose objects together exceed a quota. A dry run does not report this, because it counts each object
 * alone. Quotas are read only if at least two objects count for the same limit.
 *
 * @throws Failure; its message names the quota
 */
export async function refuseWithoutRoom(
  connection: Connection,
  { plan, snapshot, request }: Pick<PreparedExpose, 'plan' | 'snapshot' | 'request'>,
  system: System,
): Promise<void> {
  const view = indexSnapshot(snapshot);
  const needed = plan.writes.filter(({ effect, optional }) => effect !== 'unchanged' && optional === undefined);
  const counts = needed.map((write) => countsOfWrite(view, write));
  if (isCountedAtOnce(counts)) return;
  const { namespace } = request.skyCluster;
  const quotas = await observe(connection, 'resourceQuotas', { path: collectionPath('ResourceQuota', namespace) });
  if (!quotas.observed) {
    const why = unseenWords('resourceQuotas', quotas, namespace);
    say(system, `note: each object is accepted alone; whether quotas have room for all of them is unknown: ${why}`);
    return;
  }
  const [first] = exceededQuotas(quotas.items, namespace, sumOfCounts(counts));
  if (!first) return;
  const name = first.quota.metadata?.name ?? '';
  throw new Failure(
    'quota-exceeded',
    `each object is accepted alone, but ResourceQuota ${name} in namespace ${namespace} has no room for all of them (${first.shortages.map(shortageText).join('; ')})`,
    curesOfRefusal({ kind: 'ResourceQuota', name }, namespace),
  );
}
