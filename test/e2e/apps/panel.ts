import type { App } from './app.ts';

const page = `
import panel as pn
name = pn.widgets.TextInput(name='name')
button = pn.widgets.Button(name='greet')
said = pn.pane.Str('nothing')
button.on_click(lambda event: setattr(said, 'object', 'hello ' + name.value_input))
pn.Column(name, button, said).servable(title='of the test')
`;

export const panel: App = {
  name: 'panel',
  from: 'panel',
  set: 'more',
  port: 5006,
  diagnosedBehindSkyPilots: ['app-needs-slash'],
  files: { 'page.py': page },
  words: { 'APP.py': 'page.py' },
  websocket: true,
  async use(page) {
    await page.locator('input').first().pressSequentially('ada');
    await page.getByRole('button', { name: 'greet' }).click();
    await page.getByText('hello ada').waitFor();
  },
};
