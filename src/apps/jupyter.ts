import { type App, headerOf, mayBeServer, titleOf } from './app.ts';

export const jupyter: App = {
  name: 'jupyter',
  title: 'JupyterLab',
  ports: [8888],
  belowPrefix: 'keep',
  start: {
    keep: 'jupyter lab --ip=0.0.0.0 --port={port} --no-browser --ServerApp.base_url={path}/',
    host: 'jupyter lab --ip=0.0.0.0 --port={port} --no-browser',
  },
  listen: '--ip=0.0.0.0',
  websocket: { path: 'api/events/subscribe', handshake: 'needs-token', comparesHost: true },
  largeBodies: true,
  health: 'api',
  authentication: 'token',
  runsCode: {
    path: 'api/status',
    letsIn: ({ status, body }) => status === 200 && /"kernels"\s*:/.test(body),
    toAsk: 'with a token: without --IdentityProvider.token= and --ServerApp.token=',
  },
  besidePassword: 'open its page with ?token=TOKEN; clients that send the token in a header cannot get through',
  isIt: (page) =>
    /^Jupyter|^Home Page - Select or create a notebook/.test(titleOf(page)) ||
    (mayBeServer(page, /Tornado/) &&
      (/\/api\/security\/csp-report/.test(headerOf(page, 'content-security-policy')) ||
        /\/(?:lab|tree)\?$/.test(headerOf(page, 'location')))) ||
    (/Tornado/.test(headerOf(page, 'server')) && /\/(?:lab|tree|login)(?:\?|$)/.test(headerOf(page, 'location'))),
  sources: [
    'https://jupyter-server.readthedocs.io/en/latest/other/full-config.html',
    'https://jupyter-server.readthedocs.io/en/latest/operators/public-server.html',
    'https://jupyter-server.readthedocs.io/en/latest/operators/security.html: a notebook server runs code',
  ],
  evidence: 'ran',
};
