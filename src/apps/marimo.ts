import { type App, headerOf, titleOf } from './app.ts';

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
  besidePassword: 'open its page with ?access_token=TOKEN',
  note: 'it redirects to its login at the root, so it has to know its prefix; without its token, any web page in the browser can run code in an open notebook; behind TLS add --proxy={host}',
  runsCode: {
    // Only editors may request this path. An app of `marimo run` does not run code of its callers.
    path: 'api/usage',
    letsIn: ({ status, body }) => status === 200 && /"memory"\s*:/.test(body),
    toAsk: 'without --no-token',
  },
  isIt: (page) =>
    /<marimo-|marimo-filename|name="marimo/.test(page.body) ||
    /^marimo/.test(titleOf(page)) ||
    (page.status === 303 && /\/auth\/login\?next=/.test(headerOf(page, 'location'))),
  sources: [
    'https://docs.marimo.io/cli/',
    'marimo-team/marimo, marimo/_server/api/endpoints/ws.py',
    'marimo-team/marimo, marimo/_server/api/endpoints/health.py: usage requires edit',
  ],
  evidence: 'ran',
};
