import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { atExit } from '../../test/cluster/at-exit.ts';
import { type RoundTrips, roundTripsOf } from './round-trips.ts';
import type { Row } from './rows.ts';
import { type Comparison, type Contestants, compare, environmentFor, throughPort } from './stage.ts';

/** The round-trip times of the connection, in milliseconds: the same machine, a near and a distant data centre. */
export const delaysMs = [0, 20, 100] as const;

/** One command over each delay. */
export interface NetworkFigure {
  readonly row: Row;
  /** In the order of `delaysMs`. */
  readonly comparisons: readonly Comparison[];
  readonly trips: RoundTrips;
}

/** Calls the API server directly and through relays that delay the connection. */
export class Network {
  readonly #contestants: readonly Contestants[];
  readonly #relays: readonly Relay[];

  private constructor(contestants: readonly Contestants[], relays: readonly Relay[]) {
    this.#contestants = contestants;
    this.#relays = relays;
  }

  /** @param server the address of the API server, on this machine */
  static async start(contestants: Contestants, server: string): Promise<Network> {
    const { port } = new URL(server);
    const relays: Relay[] = [];
    const over = async (delayMs: number): Promise<Contestants> => {
      if (delayMs === 0) return contestants;
      const relay = await startRelay(port, delayMs);
      relays.push(relay);
      return throughPort(contestants, port, relay.port);
    };
    return new Network(await Promise.all(delaysMs.map(over)), relays);
  }

  stop(): void {
    for (const relay of this.#relays) relay.stop();
  }

  /** Measures one command over each delay. The limits of the row are for the connection without delay. */
  async measure(row: Row, rounds: number): Promise<NetworkFigure> {
    const { limit: _, ...unlimited } = row;
    const comparisons: Comparison[] = [];
    for (const [index, contestants] of this.#contestants.entries())
      comparisons.push(await compare(index === 0 ? row : unlimited, rounds, contestants));
    const far = this.#contestants.at(-1)!;
    const trips = await roundTripsOf(
      { file: far.executable, args: row.ours, environment: environmentFor(far, far.kubeconfig) },
      delaysMs.at(-1)!,
    );
    return { row, comparisons, trips };
  }
}

interface Relay {
  readonly port: string;
  stop(): void;
}

/** Starts a relay in a process of its own, which ends with this one. */
async function startRelay(port: string, roundTripMs: number): Promise<Relay> {
  const args = [resolve(import.meta.dirname, 'relay.ts'), port, String(roundTripMs)];
  const relay = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = () => void relay.kill();
  atExit(stop);
  const [line] = await Promise.race([
    once(relay.stdout, 'data'),
    text(relay.stdout).then(() => Promise.reject(new Error('The relay ended at once.'))),
  ]);
  return { port: String(line).trim(), stop };
}
