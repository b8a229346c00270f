// A TCP relay on loopback that delays what passes through it, as a long way does. Started as a program, because bench.ts
// itself waits for other programs:
//
//   node relay.ts PORT ROUND_TRIP_MS
//
// It prints its own port, and relays to 127.0.0.1:PORT until it is killed. The kernel's own delay (tc netem) needs a
// module that many machines lack, and the administrator.
import { connect, createServer, type Socket } from 'node:net';
import { pathToFileURL } from 'node:url';

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [target, roundTripMs] = process.argv.slice(2).map(Number);
  const port = await startRelay(target!, roundTripMs!);
  process.stdout.write(`${port}\n`);
}

/** The shortest time that a timer of Node waits, in milliseconds. */
const timerMs = 1;

/**
 * Starts a relay to a port of this machine.
 *
 * @param roundTripMs how long a byte takes there and back, in milliseconds. Each direction takes half of it
 * @returns the port of the relay
 */
export async function startRelay(target: number, roundTripMs: number): Promise<number> {
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = connect({ host: '127.0.0.1', port: target, noDelay: true, allowHalfOpen: true });
    // A connection is open at once here. Over a long way, the client waits one round trip for that.
    delayed(near, far, roundTripMs / 2, performance.now() + roundTripMs);
    delayed(far, near, roundTripMs / 2, 0);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => setTimeout(() => other.destroy(), roundTripMs / 2));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

/**
 * Passes on each piece of data, and the end, `delayMs` after it arrived. The order stays.
 *
 * @param opensAt the moment of `performance.now()` before which nothing leaves the sender
 */
function delayed(from: Socket, to: Socket, delayMs: number, opensAt: number): void {
  const underWay: { readonly arrivesAt: number; readonly pass: () => void }[] = [];
  const deliver = () => {
    while (underWay[0] && underWay[0].arrivesAt - performance.now() < timerMs) underWay.shift()!.pass();
    if (underWay[0]) setTimeout(deliver, Math.max(timerMs, underWay[0].arrivesAt - performance.now()));
  };
  const leave = (pass: () => void) => {
    underWay.push({ arrivesAt: Math.max(opensAt, performance.now()) + delayMs, pass });
    if (underWay.length === 1) deliver();
  };
  from.on('data', (data) => leave(() => to.writable && to.write(data)));
  from.on('end', () => leave(() => to.end()));
}
