// The entry of the program that signals.test.ts runs. It prolongs the time that writes have after a signal (transport.ts
// and main.ts), and the time for a TLS handshake: a slow machine may need longer.

const limitsMs = [5000, 5500, 10_000];
/** Longer than killed-run.ts lets a program run. */
const prolongedMs = 600_000;

const { setTimeout: usual } = globalThis;
const prolonging = (work: (...args: unknown[]) => void, delayMs?: number, ...args: unknown[]) =>
  usual(work, limitsMs.includes(delayMs ?? 0) ? prolongedMs : delayMs, ...args);
globalThis.setTimeout = Object.assign(prolonging, usual);

// A static import would run before.
void import('../../src/main.ts');

export {};
