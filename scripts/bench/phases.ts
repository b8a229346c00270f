import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { checkEnd, median, type Program, start } from './measure.ts';
import type { Row } from './rows.ts';
import { type Contestants, environmentFor, throughPort } from './stage.ts';

/** The parts of a call, in their order. */
export const phases = {
  start: 'from the start to the first connection',
  hello: "to the server's first bytes (TLS)",
  ask: 'to the first request',
  talk: 'to the last byte of the answers',
  end: 'to the end of the program',
} as const;

/** The time of each part, in milliseconds. */
export type PhaseTimes = Readonly<Record<keyof typeof phases, number>>;

/** Where the time of one row goes: medians of each part. */
export interface PhaseFigure {
  readonly row: Row;
  readonly ours: PhaseTimes;
  readonly kubectl: PhaseTimes;
}

/** Calls the API server through a relay without delay, which notes when bytes pass. It adds less than a millisecond. */
export class PhaseWatch {
  #contestants: Contestants;
  readonly #server: Server;
  #seen: Partial<Record<'connected' | 'hello' | 'asked' | 'answered', number>> = {};

  private constructor(contestants: Contestants, port: number) {
    this.#contestants = contestants;
    this.#server = createServer({ noDelay: true }, (near) => this.#relay(near, port));
  }

  /** @param server the address of the API server, on this machine */
  static async start(contestants: Contestants, server: string): Promise<PhaseWatch> {
    const { port } = new URL(server);
    const watch = new PhaseWatch(contestants, Number(port));
    watch.#server.listen(0, '127.0.0.1');
    await once(watch.#server, 'listening');
    const { port: own } = watch.#server.address() as AddressInfo;
    watch.#contestants = throughPort(contestants, port, String(own));
    return watch;
  }

  stop(): void {
    this.#server.close();
  }

  async measure(row: Row, rounds: number): Promise<PhaseFigure> {
    const { executable, kubectl, kubeconfig } = this.#contestants;
    const environment = environmentFor(this.#contestants, kubeconfig);
    const programs = [
      { file: executable, args: row.ours, environment },
      { file: kubectl, args: row.kubectl, environment },
    ];
    const times: PhaseTimes[][] = [[], []];
    // The first call of each fills the page cache.
    for (let round = -1; round < rounds; round++) {
      for (const [index, program] of programs.entries()) {
        const seen = await this.#runOnce(program);
        if (round >= 0) times[index]!.push(seen);
      }
    }
    const [ours, theirs] = times.map(mediansOf);
    return { row, ours: ours!, kubectl: theirs! };
  }

  async #runOnce(program: Program): Promise<PhaseTimes> {
    this.#seen = {};
    const begun = performance.now();
    const child = start(program);
    const [code, signal] = await once(child, 'exit');
    const ended = performance.now();
    checkEnd(program, code, signal);
    const { connected, hello, asked, answered } = this.#seen;
    if (!connected || !hello || !asked || !answered) throw new Error(`${program.file} did not call the server`);
    return {
      start: connected - begun,
      hello: hello - connected,
      ask: asked - hello,
      talk: answered - asked,
      end: ended - answered,
    };
  }

  #relay(near: Socket, port: number): void {
    const seen = this.#seen;
    seen.connected ??= performance.now();
    const far = connect({ host: '127.0.0.1', port, noDelay: true });
    let isOver = false;
    near.on('data', (data) => {
      if (seen.hello) seen.asked ??= performance.now();
      far.write(data);
    });
    far.on('data', (data) => {
      const now = performance.now();
      seen.hello ??= now;
      // What the server sends after the client has ended the connection is only its own end of it.
      if (!isOver) seen.answered = now;
      near.write(data);
    });
    near.on('end', () => {
      isOver = true;
      far.end();
    });
    far.on('end', () => near.end());
    for (const socket of [near, far]) socket.on('error', () => {});
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  }
}

function mediansOf(times: readonly PhaseTimes[]): PhaseTimes {
  const medians = Object.keys(phases).map((key) => [key, median(times.map((each) => each[key as keyof PhaseTimes]))]);
  return Object.fromEntries(medians);
}
