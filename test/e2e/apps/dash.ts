import type { App } from './app.ts';

const page = `
from dash import Dash, Input, Output, State, dcc, html
app = Dash()
app.layout = html.Div([dcc.Input(id='name'), html.Button('greet', id='greet'), html.Div(id='said')])

@app.callback(Output('said', 'children'), Input('greet', 'n_clicks'), State('name', 'value'))
def greet(clicks, name):
    return 'hello ' + name if clicks else 'nothing'

app.run()
`;

export const dash: App = {
  name: 'dash',
  from: 'dash',
  set: 'more',
  port: 8050,
  files: { 'page.py': page },
  words: { 'APP.py': 'page.py' },
  breaksBehindSkyPilots: /^leaves the prefix: \/_dash-/m,
  diagnosedBehindSkyPilots: ['app-served-under-prefix'],
  async use(page) {
    await page.getByText('nothing').waitFor();
    await page.locator('#name').fill('ada');
    await page.locator('#greet').click();
    await page.getByText('hello ada').waitFor();
  },
};
