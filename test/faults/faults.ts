import { brokenConnections } from './broken-connections.ts';
import type { Fault } from './fault.ts';
import { refusals } from './refusals.ts';
import { wrongAnswers } from './wrong-answers.ts';

/** All faults. */
export const faults: readonly Fault[] = [...wrongAnswers, ...refusals, ...brokenConnections];
