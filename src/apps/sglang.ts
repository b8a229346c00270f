import type { App } from './app.ts';

export const sglang: App = {
  name: 'sglang',
  title: 'SGLang',
  ports: [30000],
  belowPrefix: 'strip',
  start: {
    strip: 'python -m sglang.launch_server --model-path MODEL --host=0.0.0.0 --port={port} --fastapi-root-path={path}',
    host: 'python -m sglang.launch_server --model-path MODEL --host=0.0.0.0 --port={port}',
  },
  listen: '--host=0.0.0.0',
  streams: true,
  largeBodies: true,
  health: 'health',
  authentication: 'key-option',
  besidePassword: 'start it without --api-key, or use --api-key alone and leave --auth out',
  opens: 'docs',
  note: 'add --api-key, since anyone with the URL may use the model',
  isIt: (page) => /sglang/i.test(page.body),
  sources: ['https://docs.sglang.ai/advanced_features/server_arguments.html: --fastapi-root-path, --api-key'],
  evidence: 'read',
};
