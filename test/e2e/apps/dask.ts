import type { App } from './app.ts';

export const dask: App = {
  name: 'dask',
  from: 'distributed',
  set: 'more',
  port: 8787,
  options: '--host 0.0.0.0',
  opens: 'status',
  websocket: true,
  async use(page) {
    await page.locator('canvas').first().waitFor();
  },
};
