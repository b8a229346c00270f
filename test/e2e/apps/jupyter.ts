import type { App } from './app.ts';

export const jupyter: App = {
  name: 'jupyter',
  from: 'jupyterlab',
  set: 'few',
  port: 8888,
  options: '--allow-root --IdentityProvider.token=of-the-test',
  breaksBehindSkyPilots: /^leaves the prefix: \/lab/m,
  diagnosedBehindSkyPilots: ['app-served-under-prefix'],
  websocket: true,
  // The page itself gives a connection up that it asked for twice.
  ownFaults: [/WebSocket is closed before the connection is established/],
  async use(page) {
    await page.locator('#password_input').fill('of-the-test');
    await page.locator('#login_submit').click();
    await page.locator('.jp-LauncherCard[data-category="Notebook"]').first().click();
    const cell = page.locator('.jp-Notebook .jp-Cell .cm-content').first();
    // A cell that is run before is not run at all.
    await page.getByText('| Idle').waitFor();
    await cell.click();
    await page.keyboard.type('print(6 * 7 * 1000 + 1)');
    await page.keyboard.press('Shift+Enter');
    await page.locator('.jp-OutputArea-output', { hasText: '42001' }).first().waitFor();
  },
};
