import { defineCommand } from './command.ts';
import { doctorExamples, doctorFlags } from './doctor-flags.ts';

export const doctorCommand = defineCommand({
  name: 'doctor',
  group: 'Find what is broken, and fix it',
  connects: true,
  words: ['sky-cluster', 'open-port'],
  usage: '[SKYCLUSTER [PORT...]]',
  summary: 'Find the first broken link between you and the app, and the command that fixes it',
  examples: doctorExamples,
  flags: doctorFlags,
  // Loaded when it runs: no other command should pay for it.
  run: async (...call) => (await import('./run-doctor.ts')).runDoctor(...call),
});
