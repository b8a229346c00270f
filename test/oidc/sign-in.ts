// node test/oidc/sign-in.ts URL NAMES USER: opens a page as a browser does, follows redirects with cookies, and signs in as USER
// wherever a form asks. NAMES is JSON: the addresses of names that no resolver here knows. Prints the Visit as JSON.

import { request } from 'node:http';
import { text } from 'node:stream/consumers';

/** What a browser saw. */
export interface Visit {
  /** Each call in its order: `302 http://gpu.example.com/`. Queries are left out. */
  readonly steps: readonly string[];
  readonly status: number;
  readonly body: string;
}

const [start, namesText, user] = process.argv.slice(2);
const names: Record<string, string> = JSON.parse(namesText!);
const jars = new Map<string, Map<string, string>>();
const steps: string[] = [];
let next = { method: 'GET', url: new URL(start!), form: '' };
let seen = { status: 0, body: '' };
for (let hops = 0; hops < 25; hops++) {
  const { status, location, body } = await asked(next);
  steps.push(`${status} ${next.url.origin}${next.url.pathname}`);
  seen = { status, body };
  if (location !== undefined) {
    next = { method: 'GET', url: new URL(location, next.url), form: '' };
    continue;
  }
  const action = /<form[^>]*\saction="([^"]*)"[^>]*\smethod="post"/i.exec(body)?.[1];
  if (action === undefined) break;
  const hidden = [...body.matchAll(/<input[^>]*\stype="hidden"[^>]*\sname="([^"]*)"[^>]*\svalue="([^"]*)"/gi)];
  const form = new URLSearchParams(hidden.map(([, name, value]) => [name!, value!]));
  if (/\sname="login"/.test(body)) {
    form.set('login', user!);
    form.set('password', 'any');
  }
  next = { method: 'POST', url: new URL(action, next.url), form: form.toString() };
}
process.stdout.write(JSON.stringify({ steps, ...seen } satisfies Visit));

function asked({ method, url, form }: typeof next): Promise<{ status: number; location?: string; body: string }> {
  const jar = jars.get(url.hostname) ?? new Map<string, string>();
  jars.set(url.hostname, jar);
  const headers = {
    host: url.host,
    accept: 'text/html',
    cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
    ...(method === 'POST' && { 'content-type': 'application/x-www-form-urlencoded', 'content-length': form.length }),
  };
  const to = { host: names[url.hostname] ?? url.hostname, port: url.port || 80, path: url.pathname + url.search };
  return new Promise((resolve, reject) => {
    const call = request({ ...to, method, headers, timeout: 120_000 }, async (answer) => {
      for (const cookie of answer.headers['set-cookie'] ?? []) {
        const [pair, ...attributes] = cookie.split(';');
        const [name, value] = [pair!.slice(0, pair!.indexOf('=')), pair!.slice(pair!.indexOf('=') + 1)];
        const isOver = value === '' || attributes.some((each) => /^\s*expires=.*1970/i.test(each));
        if (isOver) jar.delete(name);
        else jar.set(name, value);
      }
      const { location } = answer.headers;
      const body = await text(answer);
      resolve({ status: answer.statusCode ?? 0, ...(location !== undefined && { location }), body });
    });
    call.once('timeout', () => call.destroy(new Error(`no answer of ${url.href}`)));
    call.once('error', reject).end(form);
  });
}
