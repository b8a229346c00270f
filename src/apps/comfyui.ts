import { type App, titleOf } from './app.ts';

export const comfyui: App = {
  name: 'comfyui',
  title: 'ComfyUI',
  ports: [8188],
  belowPrefix: 'strip',
  start: {
    strip: 'python main.py --listen 0.0.0.0 --port {port}',
    host: 'python main.py --listen 0.0.0.0 --port {port}',
  },
  listen: '--listen 0.0.0.0',
  websocket: { path: 'ws', handshake: 'harmless' },
  largeBodies: true,
  authentication: 'none',
  note: 'some custom nodes have absolute links and then break below a prefix',
  isIt: (page) => /^\*?ComfyUI/.test(titleOf(page)),
  sources: ['Comfy-Org/ComfyUI, comfy/cli_args.py: --listen', 'Comfy-Org/ComfyUI pull request 867 and issue 3741'],
  evidence: 'read',
};
