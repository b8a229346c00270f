import test from 'ava';
import { portsOfSkyConfig } from '../../src/skypilot/config.ts';

const user = (content: unknown) => ({ path: '~/.sky/config.yaml', content });
const project = (content: unknown) => ({ path: '.sky.yaml', content });
const general = (ports: unknown) => ({ kubernetes: { ports } });
const ofContext = (ports: unknown, context = 'prod') => ({ kubernetes: { context_configs: { [context]: { ports } } } });

const ports = {
  'no file': [[], undefined],
  'a file without the key': [[user({ kubernetes: { networking: 'portforward' } })], undefined],
  'the general key': [[user(general('ingress'))], 'kubernetes.ports in ~/.sky/config.yaml is ingress'],
  'the project wins over the user': [
    [user(general('ingress')), project(general('podip'))],
    'kubernetes.ports in .sky.yaml is podip',
  ],
  'a project without the key leaves it to the user': [
    [user(general('ingress')), project({ kubernetes: {} })],
    'kubernetes.ports in ~/.sky/config.yaml is ingress',
  ],
  "the context's own key wins, also over a later file's general one": [
    [user(ofContext('podip')), project(general('ingress'))],
    'kubernetes.context_configs.prod.ports in ~/.sky/config.yaml is podip',
  ],
  "another context's key says nothing": [[user(ofContext('podip', 'dev'))], undefined],
  'the value is as it was written': [[user(general('Ingress'))], 'kubernetes.ports in ~/.sky/config.yaml is Ingress'],
  'no dictionary': [[user('text')], undefined],
  'a list where a dictionary should be': [[user({ kubernetes: [general('podip')] })], undefined],
  'an empty file': [[user(null)], undefined],
} as const;
for (const [title, [files, expected]] of Object.entries(ports)) {
  test(title, (t) => {
    const found = portsOfSkyConfig(files, 'prod').ports;
    t.is(found && `${found.key} in ${found.path} is ${found.value}`, expected);
  });
}

test('the API server and the allowed contexts', (t) => {
  const content = {
    api_server: { endpoint: 'https://sky.example.com' },
    kubernetes: { allowed_contexts: ['a', 7, 'b'] },
  };
  const { apiServer, allowedContexts } = portsOfSkyConfig([user(content)], 'prod');
  t.is(apiServer, 'https://sky.example.com');
  t.deepEqual(allowedContexts, ['a', 'b']);
  t.is(portsOfSkyConfig([user({ kubernetes: { allowed_contexts: 'all' } })], 'prod').allowedContexts, undefined);
  t.is(portsOfSkyConfig([user({ api_server: {} })], 'prod').apiServer, undefined);
});

test('lists are replaced, not merged', (t) => {
  const files = [
    user({ kubernetes: { allowed_contexts: ['a'] } }),
    project({ kubernetes: { allowed_contexts: ['b'] } }),
  ];
  t.deepEqual(portsOfSkyConfig(files, 'prod').allowedContexts, ['b']);
});
