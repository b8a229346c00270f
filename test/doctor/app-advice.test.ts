import test from 'ava';
import type { AddressProbe } from '../../src/snapshot/probe.ts';
import { diagnosisOfScenario, dumpNamed } from '../helpers/scenario.ts';

interface Dump {
  readonly topics: Record<string, { readonly items: readonly object[] }>;
}

/** The finding of a check in a scenario of which one item of a topic differs, and what its cures say. */
async function findingOf(scenario: string, check: string, topic: string, changed: object) {
  const dump = dumpNamed(scenario) as Dump;
  const items = dump.topics[topic]!.items.map((item, index) => (index === 0 ? { ...item, ...changed } : item));
  const text = JSON.stringify({ ...dump, topics: { ...dump.topics, [topic]: { kind: 'List', items } } });
  const port = String((changed as { port?: number }).port ?? 8888);
  const { diagnosis } = await diagnosisOfScenario({ name: scenario, text, arguments: ['train', port] });
  const found = diagnosis.checks.find(({ id }) => id === check)!;
  const [finding] = found.findings;
  return {
    ...{ outcome: found.outcome, severity: found.severity, reason: found.reason, message: finding?.message ?? '' },
    notes: (finding?.cures ?? []).map(({ note }) => note ?? ''),
    commands: (finding?.cures ?? []).flatMap(({ command }) => command ?? []),
  };
}

const served = (changed: Partial<AddressProbe>) =>
  findingOf('app-jupyter-below-a-removed-prefix', 'app-served-under-prefix', 'probes', changed);
const answered = { outcome: 'answered', status: 200, page: null } as const;
const script = { kind: 'script', path: '/static/a.js' } as const;

test('the flags of the apps that use a port are named', async (t) => {
  const on = async (port: number) => {
    const listening = [{ address: '127.0.0.1', port }];
    const { notes } = await findingOf('inside-listens-on-loopback', 'head-port-listens', 'podProbes', {
      port,
      listening,
    });
    return notes[0];
  };
  t.is(await on(8888), 'start the app with --ip=0.0.0.0 if it is JupyterLab; else with its own flag for 0.0.0.0');
  t.regex((await on(7860))!, /GRADIO_SERVER_NAME=0\.0\.0\.0 if it is Gradio/);
  t.regex((await on(11434))!, /OLLAMA_HOST=0\.0\.0\.0:11434 if it is Ollama/);
  t.is(await on(1234), 'start the app with --host 0.0.0.0 (its own flag for that)');
});

test('an app that can be told a removed prefix is started with it', async (t) => {
  const { notes, commands } = await served({ http: { ...answered, app: 'gradio', outside: [script] } });
  t.deepEqual(commands, []);
  t.regex(
    notes[0]!,
    /^start Gradio with: .*GRADIO_ROOT_PATH=\/skypilot\/default\/train-2ea485ef\/8888 python APP\.py$/,
  );
});

test('an app that cannot be told a removed prefix gets the path with it', async (t) => {
  const { notes, commands } = await served({ http: { ...answered, app: 'streamlit', outside: [script] } });
  t.regex(commands[0]!, /--mode ingress --app streamlit --rewrite keep --beside-skypilot$/);
  t.regex(notes[0]!, /--server\.baseUrlPath=\/skyports\/default\/train-2ea485ef\/8888$/);
});

test('an app that works nowhere below a prefix gets a host', async (t) => {
  const { commands } = await served({ http: { ...answered, app: 'vllm', outside: [script] } });
  t.deepEqual(commands, []);
  const { commands: other } = await served({ http: { ...answered, app: 'comfyui', outside: [script] } });
  t.regex(other[0]!, /--host '\{port\}-\{cluster\}\.example\.com'/);
});

test('an app that is not known gets a host, or its option for a base URL, with the usual app of the port as example', async (t) => {
  const { notes, commands } = await served({ http: { ...answered, outside: [script] } });
  t.regex(commands[0]!, /--host '\{port\}-\{cluster\}\.example\.com' --beside-skypilot$/);
  t.regex(commands[1]!, /--rewrite keep --beside-skypilot$/);
  t.regex(notes[1]!, /base URL, \/skyports\/default\/train-2ea485ef\/8888, for JupyterLab: jupyter lab .*base_url=/);
});

test('the page after a redirect is judged, too', async (t) => {
  const location = 'http://203.0.113.70/skypilot/default/train-2ea485ef/8888/login';
  const http = { ...answered, status: 302, location };
  const { message } = await served({ http, landing: { ...answered, app: 'code-server', outside: [script] } });
  t.regex(message, /^the page of code-server at http:\S+ \(port 8888\) loads \/static\/a\.js from outside its path/);
});

test('a page of a controller is no page of the app', async (t) => {
  const page = 'ingress-nginx';
  const { outcome, reason } = await served({ http: { ...answered, status: 308, page, outside: [script] } });
  t.deepEqual([outcome, reason], ['skipped', 'no app answers below a path prefix']);
});

test('what an app without a prefix links to is not judged', async (t) => {
  const dump = dumpNamed('probe-healthy') as Dump;
  const items = dump.topics.probes!.items.map((item) => ({ ...item, http: { ...answered, outside: [script] } }));
  const text = JSON.stringify({ ...dump, topics: { ...dump.topics, probes: { kind: 'List', items } } });
  const { diagnosis } = await diagnosisOfScenario({ name: '', text, arguments: ['train', '8888'] });
  t.is(diagnosis.checks.find(({ id }) => id === 'app-served-under-prefix')!.outcome, 'skipped');
});

const websocket = (own: object, foreign: object | null = null) =>
  findingOf('app-refuses-its-websocket', 'app-accepts-websocket', 'probes', {
    websocket: { path: '/skypilot/default/train-2ea485ef/8888/_stcore/stream', own: { ...answered, ...own }, foreign },
  });

test('a handshake that shows nothing is unknown', async (t) => {
  const { outcome, reason } = await websocket({ status: 404 });
  t.is(outcome, 'unknown');
  t.regex(reason!, /^Streamlit answers 404 to a websocket handshake at \/skypilot/);
});

test('a websocket that is closed is a warning, one that a proxy answers is an error of the proxy', async (t) => {
  const closed = await websocket({ outcome: 'closed', status: 0 });
  t.deepEqual([closed.outcome, closed.severity], ['fail', 'warning']);
  const proxy = await websocket({ status: 400, page: 'ingress-nginx' });
  t.is(proxy.severity, 'error');
  t.regex(proxy.message, /^ingress-nginx itself answers 400 to the websocket handshake of Streamlit/);
});

test('an app with a login may accept other sites', async (t) => {
  const accepted = { ...answered, status: 101 };
  t.is((await websocket({ status: 101 }, accepted)).severity, 'info');
  const { outcome } = await findingOf('app-websocket-of-other-sites', 'app-accepts-websocket', 'probes', {
    http: { ...answered, app: 'open-webui' },
  });
  t.is(outcome, 'pass');
});
