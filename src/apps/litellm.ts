import { type App, titleOf } from './app.ts';

export const litellm: App = {
  name: 'litellm',
  title: 'LiteLLM',
  ports: [4000],
  belowPrefix: 'keep',
  start: {
    keep: 'SERVER_ROOT_PATH={path} litellm --host 0.0.0.0 --port {port} --config CONFIG.yaml',
    host: 'litellm --host 0.0.0.0 --port {port} --config CONFIG.yaml',
  },
  streams: true,
  largeBodies: true,
  health: 'health/liveliness',
  authentication: 'key-option',
  besidePassword: 'start it without a master key, or leave --auth out and use the keys of LiteLLM alone',
  note: 'set LITELLM_MASTER_KEY, since anyone with the URL may use the models',
  isIt: (page) => /^LiteLLM/.test(titleOf(page)),
  sources: ['https://docs.litellm.ai/docs/proxy/custom_root_ui'],
  evidence: 'read',
};
