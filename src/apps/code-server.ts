import { type App, titleOf } from './app.ts';

export const codeServer: App = {
  name: 'code-server',
  title: 'code-server',
  ports: [8080],
  belowPrefix: 'strip',
  start: {
    strip: 'code-server --bind-addr=0.0.0.0:{port}',
    host: 'code-server --bind-addr=0.0.0.0:{port}',
  },
  listen: '--bind-addr=0.0.0.0:{port}',
  websocket: { path: 'stable', handshake: 'needs-token' },
  largeBodies: true,
  health: 'healthz',
  authentication: 'password',
  runsCode: {
    path: '',
    letsIn: ({ status, body }) => status === 200 && /vscode-workbench-web-configuration/.test(body),
    toAsk: 'without --auth=none',
  },
  isIt: (page) => /^code-server/.test(titleOf(page)) || /code-server|_static\/src\/browser/.test(page.body),
  sources: ['https://coder.com/docs/code-server/guide', 'coder/code-server, src/node/routes'],
  evidence: 'ran',
};
