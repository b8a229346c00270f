// npm run soak [-- --only PATTERN]: breaks requests, connections and processes on purpose, on a real API server. Writes
// docs/reliability.md. The exit code is 1 if the plugin broke a promise.
//
// --only runs the trials whose names match, shows their output, and does not write docs/reliability.md.

import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findPrograms } from '../test/cluster/binaries.ts';
import { clusterVariable } from '../test/cluster/cluster-description.ts';
import { Interruption } from '../test/cluster/interruption.ts';
import { startCluster } from '../test/cluster/start.ts';
import { faultMatrix } from '../test/faults/matrix.ts';
import type { Section } from '../test/faults/section.ts';
import { buildHost } from './bundle/build-host.ts';
import { reliabilityDocument } from './soak/report.ts';
import { soakSections } from './soak/sections.ts';

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const only = values.only === undefined ? {} : { only: new RegExp(values.only) };
const root = resolve(import.meta.dirname, '..');
const say = (text: string) => process.stdout.write(`${text}\n`);

new Interruption();
try {
  await buildHost();
  const cluster = await startCluster(await findPrograms());
  cluster.failed.then((problem) => process.stderr.write(`The test cluster broke during the run: ${problem}\n`));
  process.env[clusterVariable] = cluster.descriptionFile;
  process.env.SKYPORTS_EXECUTABLE = resolve(root, 'dist/kubectl-skyports');
  // The addresses in the fixtures belong to other people, so nothing may call them.
  process.env.SKYPORTS_PROBE = 'false';
  const sections: Section[] = [];
  for (const section of values.only ? [faultMatrix] : soakSections) sections.push(await section({ say, ...only }));
  await cluster.stop();
  const failures = sections.flatMap((section) => section.failures);
  for (const line of failures) process.stderr.write(`${line}\n`);
  if (!values.only) writeFileSync(resolve(root, 'docs/reliability.md'), reliabilityDocument(sections));
  say(`${failures.length} findings`);
  process.exitCode = failures.length > 0 ? 1 : 0;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
}
