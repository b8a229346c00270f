import { readFileSync } from 'node:fs';
import { type ClusterDescription, clusterVariable } from './cluster-description.ts';

let description: ClusterDescription | undefined;

/** The cluster that this test run has. Throws when there is none, because the test was not started by `npm test`. */
export function cluster(): ClusterDescription {
  description ??= read();
  return description;
}

function read(): ClusterDescription {
  const file = process.env[clusterVariable];
  if (!file) throw new Error(`This test needs a cluster and ${clusterVariable} names none: npm test -- FILE`);
  return JSON.parse(readFileSync(file, 'utf8')) as ClusterDescription;
}
