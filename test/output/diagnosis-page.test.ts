import test from 'ava';
import { escapedHtml, html } from '../../src/output/html/html.ts';
import { diagnose, readScenario, textOf } from '../helpers/scenario.ts';

test('values of the template are escaped, and HTML is not escaped twice', (t) => {
  const name = `<b title="x" onclick='y'>&\`\n`;
  t.is(escapedHtml(name), '&lt;b title=&quot;x&quot; onclick=&#39;y&#39;&gt;&amp;&#96;&#10;');
  t.is(
    html`<p title="${name}">${html`<i>${'<'}</i>`}${[html`a`, html`b`]}${null}${false}${7}</p>`.text,
    `<p title="${escapedHtml(name)}"><i>&lt;</i>ab7</p>`,
  );
});

test('controls, marks that reorder text and broken surrogates become visible', (t) => {
  t.is(escapedHtml('a\u001b[1m\u202eb\ud800'), 'a\\u001b[1m\\u202eb\ufffd');
});

async function pageOf(name: string): Promise<string> {
  return (await diagnose(readScenario(name, textOf(name)), '-o', 'html')).stdout;
}

test('the page has a strict policy, and neither addresses to load, inline styles nor handlers', async (t) => {
  const page = await pageOf('controller-rke2');
  const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(page)?.[1] ?? '';
  t.regex(
    policy,
    /^default-src 'none'; script-src 'sha256-[A-Za-z0-9+/]{43}='; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'; form-action 'none'$/,
  );
  t.true(page.indexOf('Content-Security-Policy') < page.indexOf('<style>'));
  const markup = page.replace(/<style>.*?<\/style>|<script>.*?<\/script>/gs, '');
  t.notRegex(markup, /<(?:link|img|iframe|object|embed|base|form|use|image|a)\b/);
  t.notRegex(markup, /\s(?:src|href|style|on[a-z]+)=/);
});

test('the page says the verdict, where packets stop, and how to fix it', async (t) => {
  const page = await pageOf('controller-rke2');
  t.regex(page, /<h1>Not reachable<\/h1>\n<p>the ingress controller of RKE2 has no Service/);
  t.regex(page, /Packets stop at the hop <strong>controller<\/strong>: the ingress controller of RKE2/);
  t.regex(page, /aria-label="Path of train 8888: you, address not checked, controller is broken, Ingress works, /);
  t.true(page.includes('<code>kubectl skyports annotate --signpost 203.0.113.11</code><button class="copy"'));
});

test('a report for an issue has the verdict, the path, the cure, and the evidence in a folded block', async (t) => {
  const scenario = readScenario('controller-rke2', textOf('controller-rke2'));
  const { stdout } = await diagnose(scenario, '-o', 'markdown');
  t.regex(stdout, /^### ✖ Not reachable\n\nthe ingress controller of RKE2 has no Service/);
  t.regex(stdout, /\n```text\ntrain 8888 {3}you → - address → ✖ controller → [^\n]+\n```\n/);
  t.regex(stdout, /\n```sh\nkubectl skyports annotate --signpost 203\.0\.113\.11\n```\n/);
  t.regex(
    stdout,
    /\n<details><summary>Evidence<\/summary>\n\n```text\nService ingress-nginx\/ingress-nginx-controller: /,
  );
});

for (const format of ['markdown', 'html', 'tree'] as const) {
  test(`-o ${format} --redact has no address, and the same exit code`, async (t) => {
    const scenario = readScenario('probe-refused', textOf('probe-refused'));
    t.regex((await diagnose(scenario, '-o', format)).stdout, /203\.0\.113\.80/);
    const { code, stdout } = await diagnose(scenario, '-o', format, '--redact');
    t.is(code, 3);
    t.notRegex(stdout, /203\.0\.113\.80/);
  });
}
