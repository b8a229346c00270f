import type { App } from './app.ts';

export const tgi: App = {
  name: 'tgi',
  title: 'Text Generation Inference',
  ports: [3000],
  belowPrefix: 'strip',
  start: {
    strip: 'text-generation-launcher --model-id MODEL --hostname=0.0.0.0 --port={port}',
    host: 'text-generation-launcher --model-id MODEL --hostname=0.0.0.0 --port={port}',
  },
  listen: '--hostname=0.0.0.0',
  streams: true,
  largeBodies: true,
  health: 'health',
  authentication: 'key-option',
  note: 'add --api-key, since anyone with the URL may use the model',
  isIt: (page) => /Text Generation Inference/i.test(page.body),
  sources: ['https://huggingface.co/docs/text-generation-inference/reference/launcher'],
  evidence: 'read',
};
