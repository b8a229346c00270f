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
  note: 'anyone who can reach it can run code in the Pod; use "kubectl skyports forward" in place of an open port',
  isIt: (page) => titleOf(page) === 'Ray Dashboard',
  sources: ['https://docs.ray.io/en/latest/cluster/configure-manage-dashboard.html'],
  evidence: 'read',
};
