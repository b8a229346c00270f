import { type App, titleOf } from './app.ts';

export const sdWebui: App = {
  name: 'sd-webui',
  title: 'Stable Diffusion web UI',
  ports: [7860],
  belowPrefix: 'strip',
  start: {
    strip: 'python launch.py --listen --port {port} --subpath {path}',
    host: 'python launch.py --listen --port {port}',
  },
  listen: '--listen',
  streams: true,
  largeBodies: true,
  authentication: 'none',
  note: 'add --gradio-auth USER:PASSWORD',
  isIt: (page) => /^Stable Diffusion/.test(titleOf(page)),
  sources: [
    'AUTOMATIC1111/stable-diffusion-webui, modules/cmd_args.py: --subpath, --listen',
    'AUTOMATIC1111/stable-diffusion-webui issues 9546 and 13332',
  ],
  evidence: 'read',
};
