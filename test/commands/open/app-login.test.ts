import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import { loginIn, loginScript } from '../../../src/commands/open/app-login.ts';
import { compareTrust, urlAtEndpoint, urlAtForward } from '../../../src/commands/open/app-url.ts';

/** As jupyter_server writes it. */
const server = (more: object = {}) =>
  JSON.stringify(
    { base_url: '/', hostname: 'localhost', password: false, port: 8888, secure: false, token: 'abc', ...more },
    null,
    2,
  );
const jupyter = (more: object = {}, note = 'runs') => `@@jupyter ${note}\n${server(more)}\n`;
const codeServer = (text: string) => `@@code-server\n${text}\n`;

test('Jupyter: token and base URL of the server with the port that runs', (t) => {
  const printed =
    jupyter({ token: 'old' }, 'ended') + jupyter({ port: 8889, token: 'other' }) + jupyter({ base_url: '/a/b/' });
  t.like(loginIn(printed, 8888), { basePath: '/a/b/', token: { parameter: 'token', value: 'abc' }, isTls: false });
  t.like(loginIn(jupyter({ token: 'old' }, 'ended'), 8888), { token: { value: 'old' } });
  t.like(loginIn(jupyter({ token: '', secure: true }), 8888), { token: null, isTls: true });
  t.is(loginIn(printed, 8887), undefined);
});

test('what no app writes is left out', (t) => {
  for (const token of ['a b', 'a\u001b[31m', 'a\nb', 'x'.repeat(513), 5, null])
    t.is(loginIn(jupyter({ token }), 8888)?.token, null, `${token}`);
  for (const base_url of ['/a/../b/', '/a?b/', '/a b/', '/\u001b/', '\\\\evil.example/', `/${'x'.repeat(600)}`, 5])
    t.is(loginIn(jupyter({ base_url }), 8888), undefined, `${base_url}`);
  t.is(loginIn(jupyter({ base_url: '//evil.example/' }), 8888)?.basePath, '/evil.example/');
  for (const text of [
    '',
    '@@',
    '@@jupyter',
    '@@jupyter runs\n[]',
    '@@jupyter runs\n{',
    '\u0000'.repeat(100_000),
    '@@x\n'.repeat(50_000),
  ])
    t.is(loginIn(text, 8888), undefined);
});

test('code-server: the password of the file, if the file or a process names the port', (t) => {
  const file = 'bind-addr: 127.0.0.1:8080\nauth: password\npassword: 1a2b\ncert: false\n';
  t.like(loginIn(codeServer(file), 8080), { app: 'code-server', password: '1a2b', token: null, isTls: false });
  t.is(loginIn(codeServer(file), 8443), undefined);
  for (const words of ['--port\n8443', '--port=8443', '--bind-addr\n0.0.0.0:8443', '--bind-addr=[::]:8443'])
    t.like(
      loginIn(`${codeServer(file)}@@process\nnode\n/x/code-server\n${words}\n`, 8443),
      { password: '1a2b' },
      words,
    );
  t.is(loginIn(`${codeServer(file)}@@process\nsh\n-c\n--port $1\n8443\n`, 8443), undefined, "the script's own process");
  t.like(loginIn(codeServer(file.replace('auth: password', 'auth: none')), 8080), { password: null });
  t.like(loginIn(codeServer(file.replace('1a2b', '"1a 2b"')), 8080), { password: null });
  t.like(loginIn(codeServer(file.replace('1a2b', '"1a2b"').replace('cert: false', 'cert: true')), 8080), {
    ...{ password: '1a2b', isTls: true },
  });
});

test("a job's log: the last URL with a token for the port", (t) => {
  const log = (text: string) => loginIn(`@@log\n${text}\n`, 8888);
  t.like(log('http://127.0.0.1:8888/lab?token=f00'), { basePath: '/', token: { parameter: 'token', value: 'f00' } });
  t.like(log('http://h:8888/p/tree/a.ipynb?token=f00\u001b[0m'), { basePath: '/p/', token: { value: 'f00' } });
  t.like(log('http://0.0.0.0:8888?access_token=m-1'), { token: { parameter: 'access_token', value: 'm-1' } });
  t.is(log('http://127.0.0.1:88881/?token=f00'), undefined);
  t.is(log('http://127.0.0.1:9999/?next=:8888/?token=f00'), undefined);
  t.like(
    loginIn(`@@log\nhttp://h:8888/?token=log\n${jupyter()}`, 8888),
    { token: { value: 'abc' } },
    'the file is better',
  );
});

test('the URL: the token is encoded, the place stays', (t) => {
  const login = loginIn(jupyter({ base_url: '/p/', token: 'a&b#c=%' }), 8888)!;
  const query = 'token=a%26b%23c%3D%25';
  t.is(urlAtForward(18888, login, false), `http://localhost:18888/p/?${query}`);
  t.is(urlAtForward(18888, undefined, false), 'http://localhost:18888/');
  t.is(urlAtForward(18888, undefined, true), 'https://localhost:18888/');
  t.is(urlAtEndpoint('http://203.0.113.80:8888', login), `http://203.0.113.80:8888/p/?${query}`);
  t.is(urlAtEndpoint('https://h/p/', login), `https://h/p/?${query}`);
  t.is(urlAtEndpoint('https://h/p', login), `https://h/p/?${query}`);
  t.is(urlAtEndpoint('https://h/other/', login), undefined, 'Jupyter serves nothing there');
  t.is(urlAtEndpoint('https://h/other/', undefined), 'https://h/other/');
  const printed = loginIn('@@log\nhttp://127.0.0.1:8888/lab?token=f00\n', 8888);
  t.is(urlAtEndpoint('https://h/other/', printed), 'https://h/other/?token=f00');
});

/** A home folder with these files; and what the script finds there. */
function scripted(
  files: Readonly<Record<string, string>>,
  { env = {}, port = 8888 }: { env?: object; port?: number } = {},
) {
  const home = mkdtempSync(join(tmpdir(), 'skyports-login-'));
  try {
    let second = 1;
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(home, name)), { recursive: true });
      writeFileSync(join(home, name), text);
      utimesSync(join(home, name), second, second++);
    }
    const inHome = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, join(home, value)]));
    const stdout = execFileSync('sh', ['-c', loginScript, 'sh', `${port}`], {
      env: { PATH: process.env.PATH, HOME: home, ...inHome },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { stdout, login: loginIn(stdout, port) };
  } finally {
    rmSync(home, { recursive: true });
  }
}

const runtime = '.local/share/jupyter/runtime';

test('the script reads the files of Jupyter, and tells servers that ended', (t) => {
  const running = `jpserver-${process.pid}.json`;
  const files = {
    [`${runtime}/${running}`]: server(),
    [`${runtime}/jpserver-999999999.json`]: server({ token: 'old' }),
  };
  t.like(scripted(files).login, { token: { value: 'abc' } });
  t.like(scripted({ [`x y/${running}`]: server() }, { env: { JUPYTER_RUNTIME_DIR: 'x y' } }).login, { basePath: '/' });
  t.like(scripted({ [`d/runtime/${running}`]: server() }, { env: { JUPYTER_DATA_DIR: 'd' } }).login, { basePath: '/' });
  t.is(scripted({}).login, undefined);
});

test("the script reads code-server's file, and the arguments of its processes", async (t) => {
  const config = { '.config/code-server/config.yaml': 'bind-addr: 127.0.0.1:8080\nauth: password\npassword: pw\n' };
  t.like(scripted(config, { port: 8080 }).login, { password: 'pw' });
  t.is(scripted(config, { port: 8443 }).login, undefined);
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 3600000)', 'code-server', '--port', '8443']);
  t.teardown(() => child.kill());
  t.like(scripted(config, { port: 8443 }).login, { password: 'pw' });
});

test("the script finds the newest token in SkyPilot's logs, and prints no more than it may", (t) => {
  const line = (token: string) => `(task, pid=7)     http://127.0.0.1:8888/lab?token=${token}\n`;
  const files = {
    'sky_logs/1-train/run.log': line('first'),
    'sky_logs/2-train/run.log': `${line('earlier')}${'noise\n'.repeat(1000)}${line('last')}http://127.0.0.1:9/?token=x\n`,
    'sky_logs/3-train/tasks/run.log': 'nothing here\n',
    'sky_logs/a b/run.txt': line('no log'),
  };
  t.like(scripted(files).login, { token: { value: 'last' } });
  const long = `http://127.0.0.1:8888/?token=${'x'.repeat(1_000_000)}\n`;
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`sky_logs/${i}/run.log`, long]));
  const { stdout, login } = scripted(many);
  t.true(stdout.length <= 90_000, `${stdout.length}`);
  t.is(login, undefined);
});

test('endpoints of SkyPilot and of this plugin come before those of others, then https', (t) => {
  const endpoints = [
    { endpoint: 'https://other.example.com', isForeign: true },
    { endpoint: 'http://203.0.113.7', isForeign: false },
    { endpoint: 'http://other.example.com', isForeign: true },
    { endpoint: 'https://gpu.example.com', isForeign: false },
  ];
  t.deepEqual(
    endpoints.toSorted(compareTrust).map(({ endpoint }) => endpoint),
    ['https://gpu.example.com', 'http://203.0.113.7', 'https://other.example.com', 'http://other.example.com'],
  );
});
