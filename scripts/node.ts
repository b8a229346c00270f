// npm run node -- up|down|status: a real Kubernetes node in its own network namespaces, for end-to-end tests.

import { existsSync } from 'node:fs';
import { down } from '../test/node/down.ts';
import { files, folder, isUp } from '../test/node/layout.ts';
import { up } from '../test/node/up.ts';

const say = (text: string) => process.stderr.write(`${text}\n`);

const commands: Readonly<Record<string, () => Promise<unknown>>> = {
  up: async () => {
    await up(say);
    say('From the client: ip netns exec skyports-client env ...');
    process.stdout.write(`export KUBECONFIG=${files.kubeconfig('admin')}\n`);
  },
  down,
  status: async () => {
    if (isUp()) say(`It is up; its files are in ${folder}.`);
    else say(existsSync(folder) ? 'It is half up: npm run node -- down removes what is there.' : 'There is none.');
    process.exitCode = isUp() ? 0 : 3;
  },
};

const command = commands[process.argv[2] ?? ''];
if (command === undefined) {
  say('npm run node -- up, down or status');
  process.exit(2);
}
try {
  await command();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
