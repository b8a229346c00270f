import type { App } from './app.ts';

const server = `
import asyncio
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, StreamingResponse
app = FastAPI()

page = '''<title>of the test</title><p id=said></p><script>
const events = new EventSource('stream?seconds=90')
events.onmessage = ({ data }) => { document.querySelector('#said').textContent += ' ' + data; if (data === 'end') events.close() }
events.onerror = () => { document.querySelector('#said').textContent += ' cut'; events.close() }
</script>'''

@app.get('/page')
async def show():
    return HTMLResponse(page)

@app.get('/stream')
async def stream(seconds: int):
    async def events():
        for second in range(10):
            yield f'data: {second}\\n\\n'
            await asyncio.sleep(1)
        # As a model that thinks: proxies end a connection that is quiet for a minute.
        await asyncio.sleep(seconds - 10)
        yield 'data: end\\n\\n'
    return StreamingResponse(events(), media_type='text/event-stream')
`;

export const fastapi: App = {
  name: 'fastapi',
  from: 'fastapi',
  set: 'few',
  port: 8000,
  files: { 'server.py': server },
  words: { 'APP:app': 'server:app' },
  // nginx ends a connection that is quiet for a minute.
  breaksBehindSkyPilots: / cut$/m,
  opens: 'page',
  async use(page) {
    const said = page.locator('#said');
    const started = performance.now();
    await said.getByText(/ (end|cut)$/).waitFor({ timeout: 120_000 });
    const text = await said.textContent();
    const seconds = (performance.now() - started) / 1000;
    if (text !== ' 0 1 2 3 4 5 6 7 8 9 end' || seconds < 85) throw new Error(`after ${seconds} s it had sent${text}`);
  },
};
