// An entry of the program (bundled-program.ts) for which time passes twenty times slower. A slow machine then has a
// minute for what has to be done within 3 s, and 20 s for what has to be done within one.

const factor = 20;
const { setTimeout: usual } = globalThis;
const now = performance.now.bind(performance);

Object.defineProperty(performance, 'now', { value: () => now() / factor });
const slowly = (work: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]) =>
  usual(work, delayMs * factor, ...args);
globalThis.setTimeout = Object.assign(slowly, usual);

// A static import would run before.
void import('../../src/main.ts');

export {};
