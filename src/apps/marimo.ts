import { type App, titleOf } from './app.ts';

export const marimo: App = {
  name: 'marimo',
  title: 'marimo',
  ports: [2718],
  belowPrefix: 'keep',
  start: {
    keep: 'marimo edit --host=0.0.0.0 --port={port} --headless --base-url={path}',
    host: 'marimo edit --host=0.0.0.0 --port={port} --headless',
  },
  listen: '--host=0.0.0.0',
  websocket: { path: 'ws', handshake: 'takes-over-the-session' },
  authentication: 'token',
  note: 'without its token, any web page in the browser can run code in an open notebook; behind TLS add --proxy={host}',
  isIt: (page) => /<marimo-|marimo-filename|name="marimo/.test(page.body) || /^marimo/.test(titleOf(page)),
  sources: ['https://docs.marimo.io/cli/', 'marimo-team/marimo, marimo/_server/api/endpoints/ws.py'],
  evidence: 'ran',
};
