import { type App, titleOf } from './app.ts';

export const tensorboard: App = {
  name: 'tensorboard',
  title: 'TensorBoard',
  ports: [6006],
  belowPrefix: 'strip',
  start: {
    strip: 'tensorboard --logdir LOGDIR --port={port} --bind_all',
    keep: 'tensorboard --logdir LOGDIR --port={port} --bind_all --path_prefix={path}',
    host: 'tensorboard --logdir LOGDIR --port={port} --bind_all',
  },
  listen: '--bind_all',
  authentication: 'none',
  isIt: (page) => titleOf(page) === 'TensorBoard',
  sources: ['tensorflow/tensorboard, tensorboard/plugins/core/core_plugin.py: --path_prefix, --bind_all'],
  evidence: 'ran',
};
