import { setTimeout as delay } from 'node:timers/promises';
import { goDurationText } from '../../arguments/duration.ts';
import { cure } from '../../errors/cure.ts';
import { Failure, UnseenError } from '../../errors/failure.ts';
import { closingTimeOf } from '../../exposure/closing-time.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import { unexposeCommand } from '../../exposure/plan/unexpose-command.ts';
import { indexSnapshot, nameOnCloudOf } from '../../exposure/snapshot-index.ts';
import { ApiError } from '../../kubernetes/api/api-error.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { IncompleteError, journaled } from '../../kubernetes/changes/journal.ts';
import { collect } from '../../kubernetes/snapshots/collect.ts';
import { watchSnapshot } from '../../kubernetes/snapshots/watch-snapshot.ts';
import { writtenModeOf } from '../../modes/all-modes.ts';
import { type ExposePlan, portsToOpen } from '../../modes/plan-expose.ts';
import { planUnexpose } from '../../modes/plan-unexpose.ts';
import { endpointRequests } from '../../modes/what-to-collect.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { listed } from '../../snapshot/text.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { unseenTopicError } from '../../snapshot/unseen-words.ts';
import type { HeldSignals, System } from '../../system.ts';
import type { ConnectionValues } from '../command.ts';
import { say, sayWithCures } from '../messages.ts';
import { applyWithRetry } from '../retry-on-conflict.ts';
import { noPathIsLeft } from './check-paths.ts';

/**
 * How often a terminal shows the remaining time, in milliseconds. Other outputs get one line for each quarter of the
 * time.
 */
const tickMs = 1000;
const quarters = [3, 2, 1];

/**
 * How long the command tries again if it cannot close the ports, in milliseconds: at the end of the time, and after a
 * signal or failed writes.
 */
const patienceMs = { ended: 600_000, signalled: 20_000 };
const retryMs = 2000;

/** The opened ports of one `expose --for`. */
interface Opened {
  readonly request: ExposeRequest;
  readonly plan: ExposePlan;
  /** The snapshot with the written objects. */
  readonly snapshot: Snapshot;
  readonly connection: Connection;
  readonly connectionValues: ConnectionValues;
  readonly system: System;
  readonly signals: HeldSignals;
}

/**
 * Prints the opened ports, stays in the foreground for their time, and closes the ports. If printing fails, also closes
 * the ports.
 *
 * @param print waits for the URLs and prints them; its reads end when a signal arrives or the time is over
 * @returns the exit code of a signal, else the exit code of `print`
 * @throws Failure if the ports cannot be closed; its cure is the command that closes them
 */
export async function openForATime(opened: Opened, print: (system: System) => Promise<number>): Promise<number> {
  const { plan, snapshot, system, signals } = opened;
  const ports = new OpenPorts(opened);
  const interrupted = AbortSignal.any([signals.received, AbortSignal.timeout(Math.min(ports.leftMs, longestTimerMs))]);
  ports.sayWhatStays(plan, opened.connectionValues);
  let code: number;
  try {
    code = await print(Object.create(system, { interrupted: { value: interrupted } }) as System);
  } catch (error) {
    await ports.close();
    throw error;
  }
  await ports.untilClosed(snapshot);
  return signals.exitCode || code;
}

/**
 * Closes the ports of a call whose writes failed after some of them. Ports that were not opened need nothing.
 *
 * @throws Failure with the command that closes the ports, if they cannot be closed
 */
export async function closeUnfinished(opened: Omit<Opened, 'plan' | 'snapshot'>): Promise<void> {
  await new OpenPorts({ ...opened, snapshot: undefined }).close();
}

/** The longest time that a timer of Node.js accepts. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * The ports that one `expose --for` has opened. It closes them at the end of their time, or after a signal. An
 * annotation of each port holds this end. If the annotation has changed or is missing, another command has taken over
 * the port. Then this command does not close the port.
 */
class OpenPorts {
  readonly #connection: Connection;
  readonly #system: System;
  readonly #request: ExposeRequest;
  readonly #signals: HeldSignals;
  readonly #startMs: number;
  /** Whether the writes failed, so that it is unknown which ports are open. */
  readonly #isUnfinished: boolean;
  /** The ports that are not closed yet, ascending. */
  #ports: readonly number[];
  /** The ports that this command has tried to close. If one of them is gone, this command has probably closed it. */
  readonly #tried = new Set<number>();

  constructor({
    request,
    snapshot,
    connection,
    system,
    signals,
  }: Omit<Opened, 'plan' | 'snapshot'> & { readonly snapshot: Snapshot | undefined }) {
    this.#connection = connection;
    this.#system = system;
    this.#request = request;
    this.#signals = signals;
    this.#startMs = connection.now().getTime();
    this.#isUnfinished = snapshot === undefined;
    this.#ports = snapshot ? this.#openIn(snapshot) : request.ports.map(({ servicePort }) => servicePort);
  }

  /** The remaining time in milliseconds. */
  get leftMs(): number {
    return Math.max(0, Date.parse(this.#request.closesAt ?? '') - this.#connection.now().getTime());
  }

  /** Reports the ports that will stay open, because they were already open before this command. */
  sayWhatStays({ alreadyOpen }: ExposePlan, connectionValues: ConnectionValues): void {
    const staying = portsToOpen(alreadyOpen, this.#request)
      .map(({ servicePort }) => servicePort)
      .filter((port) => !this.#ports.includes(port));
    if (staying.length === 0) return;
    const fact = `${portsText(staying, 'was', 'were')} open before --for and will not be closed`;
    const { skyCluster, mode } = this.#request;
    const closing = cure(
      unexposeCommand(skyCluster, mode, staying),
      `closes ${staying.length === 1 ? 'it' : 'them'} now; then the same expose opens ${staying.length === 1 ? 'it' : 'them'} for a limited time`,
    );
    sayWithCures(this.#system, fact, [closing], connectionValues);
  }

  /**
   * Shows the remaining time until it is over, a signal arrives, or other commands have taken over all ports. Then closes
   * the ports.
   *
   * @param snapshot a snapshot with the written objects; changes after it are watched
   * @throws Failure if a port cannot be closed
   */
  async untilClosed(snapshot: Snapshot): Promise<void> {
    const { received } = this.#signals;
    const { stderr } = this.#system;
    const over = new AbortController();
    const stop = AbortSignal.any([received, over.signal]);
    const watching = this.#watch(snapshot, stop);
    if (this.#ports.length > 0) {
      say(
        this.#system,
        `${portsText(this.#ports, 'closes', 'close')} at ${this.#request.closesAt?.replace(/\.\d+Z$/, 'Z')}, or at Ctrl-C`,
      );
    }
    let due = quarters.map((quarter) => (this.#lengthMs * quarter) / 4);
    while (this.leftMs > 0 && this.#ports.length > 0 && !received.aborted) {
      const left = `${portsText(this.#ports, 'closes', 'close')} in ${goDurationText(Math.ceil(this.leftMs / 1000) * 1000)}`;
      const later = due.filter((each) => each < this.leftMs);
      if (later.length < due.length && !stderr.isTerminal) say(this.#system, left);
      due = later;
      stderr.progress(`${left}; Ctrl-C closes now`);
      const toNext = this.leftMs - (due[0] ?? 0);
      await delay(Math.max(1, Math.min(tickMs, toNext)), undefined, { signal: received }).catch(() => {});
    }
    over.abort();
    await watching;
    stderr.progress(undefined);
    await this.close();
  }

  /**
   * Closes the ports that no other command has taken over. If the API server cannot be reached, tries again for a
   * while.
   *
   * @throws Failure if a port cannot be closed; its cure is the command that closes it
   */
  async close(): Promise<void> {
    const { received } = this.#signals;
    const startMs = Date.now();
    let isTold = false;
    while (this.#ports.length > 0) {
      try {
        return await this.#closeOnce();
      } catch (error) {
        const patience = received.aborted || this.#isUnfinished ? patienceMs.signalled : patienceMs.ended;
        if (!isPassing(error) || Date.now() - startMs > patience) throw this.#notClosed(error as Failure);
        if (!isTold)
          say(
            this.#system,
            `${portsText(this.#ports)} could not be closed yet: ${(error as Failure).message}; trying again`,
          );
        isTold = true;
        await delay(retryMs);
      }
    }
  }

  async #closeOnce(): Promise<void> {
    const { skyCluster, mode } = this.#request;
    const { namespace } = skyCluster;
    await journaled(this.#system.stderr.line, (journal) =>
      applyWithRetry({
        ...{ connection: this.#connection, forceConflicts: false, journal },
        prepare: async () => {
          const snapshot = await collect(this.#connection, { namespace, requests: endpointRequests({ namespace }) });
          for (const topic of writtenModeOf(mode)?.topics ?? []) {
            const observation = snapshot.topics[topic];
            if (observation.observed) continue;
            throw unseenTopicError(topic, observation, namespace, 'so the ports cannot be closed');
          }
          const ports = this.#openIn(snapshot);
          if (this.#isUnfinished) this.#ports = ports;
          else this.#sayTaken(ports);
          for (const port of ports) this.#tried.add(port);
          const plan = planUnexpose(indexSnapshot(snapshot), { skyCluster, ports, mode: writtenModeOf(mode)?.name });
          return { plan, topics: snapshot.topics };
        },
        isDone: (_written, { plan, topics }) => noPathIsLeft(this.#connection, plan, topics),
      }),
    );
    const closed = [...this.#tried].sort((a, b) => a - b);
    if (closed.length > 0) say(this.#system, `${portsText(closed, 'is', 'are')} closed`);
    this.#ports = [];
  }

  /**
   * Watches the Services to notice ports that another command has taken over or closed. The watch may fail without
   * harm.
   */
  async #watch(snapshot: Snapshot, stop: AbortSignal): Promise<void> {
    const { namespace } = this.#request.skyCluster;
    const look = { namespace, requests: { services: endpointRequests({ namespace }).services! } };
    try {
      for await (const next of watchSnapshot(this.#connection, look, snapshot, stop)) {
        if (next.topics.services.observed) this.#sayTaken(this.#openIn(next));
      }
    } catch {
      // The watch may be forbidden or end early. This is harmless: the ports are read again before they are closed.
    }
  }

  /**
   * Reports the ports that another command has taken over or closed.
   *
   * @param open the ports that are not closed yet
   */
  #sayTaken(open: readonly number[]): void {
    const taken = this.#ports.filter((port) => !open.includes(port) && !this.#tried.has(port));
    this.#ports = this.#ports.filter((port) => !taken.includes(port));
    if (taken.length === 0) return;
    say(
      this.#system,
      `another command has changed or closed ${portsText(taken)}; this one leaves ${taken.length === 1 ? 'it' : 'them'} alone`,
    );
  }

  /** The ports in the snapshot that still have the closing time of this command. */
  #openIn({ topics }: Snapshot): number[] {
    const { skyCluster, mode, ports, closesAt } = this.#request;
    const type = writtenModeOf(mode)?.serviceType;
    const own = itemsOf(topics.services).filter(
      (service) =>
        service.spec?.type === type &&
        service.metadata?.namespace === skyCluster.namespace &&
        nameOnCloudOf(service) === skyCluster.nameOnCloud &&
        !service.metadata.deletionTimestamp,
    );
    return ports
      .map(({ servicePort }) => servicePort)
      .filter((port) => closesAt && own.some((service) => closingTimeOf(service, port) === closesAt));
  }

  get #lengthMs(): number {
    return Date.parse(this.#request.closesAt ?? '') - this.#startMs;
  }

  #notClosed(error: Failure): Failure {
    const { skyCluster, mode } = this.#request;
    const closing = cure(unexposeCommand(skyCluster, mode, this.#ports), 'closes what is still open');
    const { message, details } = error;
    return new Failure('not-closed', `${portsText(this.#ports)} could not be closed: ${message}`, [closing], {
      details,
      cause: error,
    });
  }
}

/** Whether another attempt may succeed, because the API server was not reached or had an internal error. */
function isPassing(error: unknown): boolean {
  const cause = error instanceof IncompleteError ? error.cause : error;
  if (cause instanceof ApiError) return cause.status >= 500 || cause.status === 429;
  return cause instanceof Failure && !(cause instanceof UnseenError);
}

/** The beginning of a sentence about ports: `port 8888 is`, `ports 8888 and 9000 are`. */
function portsText(ports: readonly number[], one = '', several = ''): string {
  const text = ports.length === 1 ? `port ${ports[0]} ${one}` : `ports ${listed(ports.map(String))} ${several}`;
  return text.trim();
}
