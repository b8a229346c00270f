import type { App } from './app.ts';

const page = `
import streamlit as st
st.title('of the test')
name = st.text_input('name')
if st.button('greet'):
    st.write('hello ' + name)
`;

export const streamlit: App = {
  name: 'streamlit',
  from: 'streamlit',
  set: 'few',
  port: 8501,
  diagnosedBehindSkyPilots: ['app-needs-slash'],
  files: { 'page.py': page },
  words: { 'APP.py': 'page.py' },
  options: '--browser.gatherUsageStats false',
  websocket: true,
  async use(page) {
    await page.getByLabel('name').fill('ada');
    await page.getByLabel('name').press('Enter');
    await page.getByRole('button', { name: 'greet' }).click();
    await page.getByText('hello ada').waitFor();
  },
};
