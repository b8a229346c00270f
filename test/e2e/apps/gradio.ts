import { until } from '../../cluster/until.ts';
import type { App } from './app.ts';

const page = `
import gradio as gr
gr.Interface(fn=lambda name: 'hello ' + name, inputs=gr.Textbox(label='name'), outputs=gr.Textbox(label='greeting')).launch()
`;

export const gradio: App = {
  name: 'gradio',
  from: 'gradio',
  set: 'more',
  port: 7860,
  files: { 'page.py': page },
  words: { 'APP.py': 'page.py' },
  env: { GRADIO_ANALYTICS_ENABLED: 'False' },
  breaksBehindSkyPilots: /^leaves the prefix: \/theme\.css/m,
  diagnosedBehindSkyPilots: ['app-served-under-prefix', 'app-needs-slash'],
  async use(page) {
    await page.getByLabel('name').fill('ada');
    await page.getByRole('button', { name: 'Submit' }).click();
    const greeting = page.getByLabel('greeting');
    await until('it greets', async () => (await greeting.inputValue()) === 'hello ada', {
      withinMs: 30_000,
      everyMs: 100,
    });
  },
};
