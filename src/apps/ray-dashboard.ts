import { type App, titleOf } from './app.ts';

export const rayDashboard: App = {
  name: 'ray-dashboard',
  title: 'the Ray dashboard',
  ports: [8265, 8266],
  belowPrefix: 'strip',
  start: {
    strip: 'ray start --head --dashboard-host=0.0.0.0 --dashboard-port={port}',
    host: 'ray start --head --dashboard-host=0.0.0.0 --dashboard-port={port}',
  },
  listen: '--dashboard-host=0.0.0.0',
  authentication: 'none',
  runsCode: {
    path: 'api/version',
    letsIn: ({ status, body }) => status === 200 && /"ray_version"\s*:/.test(body),
  },
  note: 'anyone who can reach it can run code in the Pod; use "kubectl skyports forward" in place of an open port',
  isIt: (page) => titleOf(page) === 'Ray Dashboard',
  sources: [
    'https://docs.ray.io/en/latest/cluster/configure-manage-dashboard.html',
    'https://docs.ray.io/en/latest/ray-security/index.html: the dashboard and jobs run code, only for trusted callers',
  ],
  evidence: 'read',
};
