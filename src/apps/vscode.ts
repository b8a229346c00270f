import type { App } from './app.ts';

export const vscode: App = {
  name: 'vscode',
  title: 'VS Code (code serve-web)',
  ports: [8000],
  belowPrefix: 'keep',
  start: {
    keep: 'code serve-web --host=0.0.0.0 --port={port} --server-base-path={path}',
    host: 'code serve-web --host=0.0.0.0 --port={port}',
  },
  listen: '--host=0.0.0.0',
  websocket: { path: 'stable', handshake: 'needs-token' },
  largeBodies: true,
  authentication: 'token',
  runsCode: {
    path: '',
    letsIn: ({ status, body }) => status === 200 && /vscode-workbench-web-configuration/.test(body),
    toAsk: 'without --without-connection-token',
  },
  isIt: (page) => /vscode-workbench-web-configuration/.test(page.body) && !/code-server/.test(page.body),
  sources: [
    'https://code.visualstudio.com/docs/remote/vscode-server',
    'microsoft/vscode, src/vs/server/node/serverEnvironmentService.ts: server-base-path',
  ],
  evidence: 'read',
};
