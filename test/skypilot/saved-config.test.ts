import test from 'ava';
import { portsOfSkyConfig, withoutForeignKeys } from '../../src/skypilot/config.ts';

const content = {
  kubernetes: {
    ports: 'ingress',
    allowed_contexts: ['prod', 'dev'],
    context_configs: { prod: { ports: 'podip', pod_config: { env: 'hunter2' } }, dev: { namespace: 'hunter2' } },
    custom_metadata: { annotations: { token: 'hunter2' } },
  },
  api_server: { endpoint: 'https://ada:hunter2@sky.example.com/api', service_account_token: 'hunter2' },
  docker: { password: 'hunter2' },
};

test('what is kept of a configuration file says the same about ports', (t) => {
  const file = { path: 'config.yaml', content };
  const kept = withoutForeignKeys(file);
  for (const context of ['prod', 'dev']) {
    t.deepEqual(portsOfSkyConfig([kept], context), {
      ...portsOfSkyConfig([file], context),
      apiServer: 'https://sky.example.com/api',
    });
  }
});

test('nothing else is kept: a dump is shown to others', (t) => {
  t.notRegex(JSON.stringify(withoutForeignKeys({ path: 'config.yaml', content })), /hunter2/);
});

for (const odd of [null, 'text', [], { kubernetes: null }, { kubernetes: { context_configs: 'x' }, api_server: 7 }]) {
  test(`a file that holds ${JSON.stringify(odd)} is no trouble`, (t) => {
    const { ports, apiServer } = portsOfSkyConfig([withoutForeignKeys({ path: 'config.yaml', content: odd })], 'prod');
    t.is(ports, undefined);
    t.is(apiServer, undefined);
  });
}
