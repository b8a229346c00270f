import { resolve } from 'node:path';
import test from 'ava';
import { runSkyStatus } from './run-sky-status.ts';

const expected = {
  loadbalancer: /^8888: 203\.0\.113\.80:8888$/m,
  ingress: /^8888: http:\/\/203\.0\.113\.80\/skypilot\/default\/ingress-[0-9a-f]+\/8888$/m,
  podip: /^8888: 10\.244\.0\.\d+:8888$/m,
};

test('sky status --endpoints itself prints what endpoints -o sky prints', async (t) => {
  t.timeout(300_000, 'a new SkyPilot starts its own server, and compiles its code');
  const answers = await runSkyStatus(resolve(import.meta.dirname, '../../dist/kubectl-skyports'), 1);
  t.deepEqual(answers.map(({ mode }) => mode).sort(), Object.keys(expected).sort());
  for (const { mode, skyPilot, skyports } of answers) {
    t.is(skyPilot[0]!.code, 0);
    t.regex(skyPilot[0]!.stdout, expected[mode as keyof typeof expected]);
    t.is(skyports[0]!.stdout, skyPilot[0]!.stdout, mode);
  }
});
