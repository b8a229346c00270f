import { type App, titleOf } from './app.ts';

export const invokeai: App = {
  name: 'invokeai',
  title: 'InvokeAI',
  ports: [9090],
  belowPrefix: 'strip',
  start: {
    strip: 'INVOKEAI_HOST=0.0.0.0 INVOKEAI_PORT={port} INVOKEAI_BASE_URL={path} invokeai-web',
    host: 'INVOKEAI_HOST=0.0.0.0 INVOKEAI_PORT={port} invokeai-web',
  },
  listen: 'INVOKEAI_HOST=0.0.0.0',
  largeBodies: true,
  websocket: { path: 'ws/socket.io/?EIO=4&transport=websocket', handshake: 'harmless' },
  authentication: 'none',
  note: 'the base URL needs a release of June 2026 or later',
  isIt: (page) => /^Invoke/.test(titleOf(page)),
  sources: ['invoke-ai/InvokeAI pull request 9306: base_url'],
  evidence: 'read',
};
