import { type App, headerOf } from './app.ts';

export const vllm: App = {
  name: 'vllm',
  title: 'vLLM',
  ports: [8000],
  belowPrefix: 'strip',
  start: {
    strip: 'vllm serve MODEL --host=0.0.0.0 --port={port} --root-path={path}',
    host: 'vllm serve MODEL --host=0.0.0.0 --port={port}',
  },
  streams: true,
  largeBodies: true,
  health: 'health',
  authentication: 'key-option',
  besidePassword: 'start it without --api-key, or use --api-key alone and leave --auth out',
  opens: 'docs',
  note: 'add --api-key, since anyone with the URL may use the model; its root answers 404',
  isIt: (page) => /vLLM API|vllm-frontend/i.test(page.body) || headerOf(page, 'x-vllm-version') !== '',
  sources: [
    'https://docs.vllm.ai/en/latest/cli/serve/: --root-path, --api-key',
    'vllm-project/vllm issues 1227, 2341 and 10172',
  ],
  evidence: 'read',
};
