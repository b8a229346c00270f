import { type App, titleOf } from './app.ts';

export const wandb: App = {
  name: 'wandb',
  title: 'W&B Server',
  ports: [8080],
  belowPrefix: 'host-only',
  start: { host: 'HOST={origin} wandb server start --port {port}' },
  largeBodies: true,
  authentication: 'password',
  isIt: (page) => /^Weights & Biases|^Weights &amp; Biases/.test(titleOf(page)),
  sources: ['https://docs.wandb.ai/platform/hosting/env-vars: HOST'],
  evidence: 'read',
};
