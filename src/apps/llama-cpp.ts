import { type App, headerOf, titleOf } from './app.ts';

export const llamaCpp: App = {
  name: 'llama-cpp',
  title: 'the llama.cpp server',
  ports: [8080],
  belowPrefix: 'strip',
  start: {
    strip: 'llama-server -m MODEL.gguf --host 0.0.0.0 --port {port}',
    keep: 'llama-server -m MODEL.gguf --host 0.0.0.0 --port {port} --api-prefix {path}',
    host: 'llama-server -m MODEL.gguf --host 0.0.0.0 --port {port}',
  },
  listen: '--host 0.0.0.0',
  streams: true,
  largeBodies: true,
  health: 'health',
  authentication: 'key-option',
  besidePassword: 'start it without --api-key, or use --api-key alone and leave --auth out',
  isIt: (page) => headerOf(page, 'server') === 'llama.cpp' || /^llama\.cpp/.test(titleOf(page)),
  sources: [
    'ggml-org/llama.cpp, tools/server/README.md: --api-prefix, --api-key',
    'ggml-org/llama.cpp pull request 14544',
  ],
  evidence: 'read',
};
