import type { App } from './app.ts';

export const codeServer: App = {
  name: 'code-server',
  from: 'code-server',
  set: 'more',
  port: 8080,
  diagnosedBehindSkyPilots: ['app-needs-slash'],
  env: { PASSWORD: 'of-the-test' },
  options: '--auth password --disable-telemetry --disable-update-check',
  websocket: true,
  // A file that only Microsoft's build has, and what an extension of its own says of GitHub.
  ownFaults: [/\/vsda\//, /^console: %c +ERR/],
  async use(page) {
    await page.locator('input[type=password]').fill('of-the-test');
    await page.locator('input[type=submit]').click();
    await page.locator('.monaco-workbench .statusbar-item').first().waitFor();
  },
};
