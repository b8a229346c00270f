// node test/e2e/name-server.ts ADDRESS FILE: answers DNS questions out of a JSON file of addresses by name, read for each.

import { readFileSync } from 'node:fs';
import { startNameServer } from '../probes/name-server.ts';

const [address, file] = process.argv.slice(2);
await startNameServer(() => JSON.parse(readFileSync(file!, 'utf8')), address!);
process.stdout.write('it answers\n');
