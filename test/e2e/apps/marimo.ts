import type { App } from './app.ts';

const notebook = `
import marimo
app = marimo.App()

@app.cell
def _():
    answer = 6 * 7
    f'the answer is {answer}'
    return

if __name__ == '__main__':
    app.run()
`;

export const marimo: App = {
  name: 'marimo',
  from: 'marimo',
  set: 'more',
  port: 2718,
  files: { 'notebook.py': notebook },
  options: 'notebook.py --token-password of-the-test --skip-update-check',
  breaksBehindSkyPilots: /^leaves the prefix: \/auth\/login/m,
  diagnosedBehindSkyPilots: ['app-served-under-prefix'],
  websocket: true,
  async use(page) {
    await page.locator('input[type=password]').fill('of-the-test');
    await page.locator('button, input[type=submit]').first().click();
    await page.locator('.cm-content').first().click();
    await page.keyboard.press('Control+Enter');
    await page.getByText('the answer is 42').first().waitFor();
  },
};
