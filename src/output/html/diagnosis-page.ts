import type { Evidence } from '../../doctor/finding.ts';
import { failedInOrder, type SaidFinding, type Verdict, worstSeverity } from '../../doctor/judge.ts';
import type { Summary } from '../../doctor/summary.ts';
import type { Cure } from '../../errors/cure.ts';
import { allModes } from '../../modes/all-modes.ts';
import { hopTitles } from '../../modes/hops.ts';
import { counted } from '../../snapshot/text.ts';
import type { DiagnosisFrame } from '../diagnosis-text.ts';
import { endpointText } from '../endpoint-table.ts';
import { valueText } from '../evidence-text.ts';
import { callerOf } from '../path-lines.ts';
import type { TreeHop, TreePort } from '../path-tree.ts';
import { sameFindings } from '../same-findings.ts';
import { verdictWords, withoutTitle } from '../verdict-words.ts';
import { type Html, html, markup } from './html.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import { pathPicture, stateWords } from './path-picture.ts';

/** What the page shows besides the verdicts and the frame of the text. */
export interface PageContents {
  /** The ports to draw, with the objects at each hop. */
  readonly ports: readonly TreePort[];
  /** A sentence about ports that are not drawn; undefined if all are drawn. */
  readonly left: string | undefined;
  /** When the snapshot was taken, ISO 8601. */
  readonly takenAt: string;
  /** The version of this plugin. */
  readonly version: string;
}

/** How many findings of one check are shown, after similar ones are counted as one. JSON contains all. */
const mostFindings = 20;
/** How many ports are shown before the findings. A reader opens the list of the others. */
const mostOpenPorts = 6;

/**
 * The diagnosis as one page: no request leaves it, and it opens from disk. Its policy (CSP) only allows its own style
 * sheet and script, by their hashes. So text from the cluster would not run even if it became a script.
 */
export async function renderDiagnosisPage(
  verdicts: readonly Verdict[],
  frame: DiagnosisFrame,
  contents: PageContents,
): Promise<string> {
  const [script, style] = await Promise.all([hashOf(pageScript), hashOf(pageStyle)]);
  const policy = `default-src 'none'; script-src '${script}'; style-src '${style}'; base-uri 'none'; form-action 'none'`;
  const { title } = verdictWords[frame.summary.state];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title} · ${frame.heading}</title>
<style>${markup(pageStyle)}</style>
</head>
<body>
<header>${verdictOf(frame, contents)}</header>
<main>
${pathsOf(contents)}
${findingsOf(verdicts)}
${workaroundOf(frame)}
${possibleOf(frame)}
${othersOf(verdicts)}
</main>
<footer><p>Written by kubectl skyports doctor -o html, version ${contents.version}. The page sends no request.</p>
<p id="said" class="unseen" role="status"></p></footer>
<script>${markup(pageScript)}</script>
</body>
</html>
`;
  return page.text;
}

/** The hash of a script or a style sheet, as a source of a policy (CSP level 3, hash-source). */
async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return `sha256-${new Uint8Array(digest).toBase64()}`;
}

const kinds: Readonly<Record<Summary['state'], 'good' | 'warn' | 'bad'>> = {
  ...{ ok: 'good', yes: 'good', reachable: 'warn', partial: 'warn', 'no-port': 'warn', pending: 'warn' },
  ...{ 'cannot-tell': 'warn', 'not-reachable': 'bad', no: 'bad' },
};

function verdictOf({ summary, heading, platform, besides }: DiagnosisFrame, { takenAt }: PageContents): Html {
  const { title } = verdictWords[summary.state];
  return html`<div class="verdict ${kinds[summary.state]}"><div>
<h1>${title}</h1>
<p>${withoutTitle(summary)}</p>
${besides && html`<p>${besides}</p>`}
<dl class="facts"><div><dt>Checked</dt><dd>${heading}</dd></div><div><dt>Read at</dt><dd>${takenAt}</dd></div></dl>
${platform.length > 0 && html`<details><summary>Platform</summary><ul class="plain">${platform.map((line) => html`<li>${line}</li>`)}</ul></details>`}
</div></div>`;
}

function pathsOf({ ports, left }: PageContents): Html | null {
  if (ports.length === 0) return null;
  const [shown, folded] = [ports.slice(0, mostOpenPorts), ports.slice(mostOpenPorts)];
  return html`<section aria-labelledby="paths"><h2 id="paths">The way to ${ports.length === 1 ? 'the port' : 'each port'}</h2>
${shown.map(portOf)}
${folded.length > 0 && html`<details class="more"><summary>${counted(folded.length, 'more port')}</summary>${folded.map(portOf)}</details>`}
${left !== undefined && html`<p class="dim">${left}</p>`}</section>`;
}

function portOf({ row, hops }: TreePort): Html {
  const broken = hops.find(({ isBroken }) => isBroken);
  const name = `${row.skyCluster} ${row.port}${row.protocol === 'TCP' ? '' : `/${row.protocol}`}`;
  return html`<article class="card"><div class="port"><h3>${name}</h3><span class="tag ${row.state}">${row.state}</span><span class="dim">${row.mode} · namespace ${row.namespace}</span><code class="url">${endpointText(row)}</code></div>
${pathPicture(hops, callerOf[allModes[row.mode].calledFrom], name)}
${broken && html`<p class="stops ${broken.state}">${broken.state === 'error' ? 'Packets stop at the hop' : 'Packets may stop at the hop'} <strong>${hopTitles[broken.name]}</strong>${broken.fact !== null && html`: ${broken.fact}`}</p>`}
<details><summary>The objects on the way<span class="unseen"> to ${name}</span></summary><table class="stack"><thead><tr><th scope="col">Station</th><th scope="col">Object</th><th scope="col">State</th><th scope="col">Address</th></tr></thead><tbody>${hops.flatMap(objectRows)}</tbody></table></details></article>`;
}

function objectRows({ name, state, objects }: TreeHop): Html[] {
  return objects.map(({ title, state: its, address }, at) => {
    const hop =
      at === 0
        ? html`${hopTitles[name]} <span class="mark ${state}">${stateWords[state]}</span>`
        : html`<span class="unseen">${hopTitles[name]}</span>`;
    return html`<tr><th scope="row">${hop}</th><td><code>${title}</code></td><td>${its}</td><td>${address !== null && html`<code>${address}</code>`}</td></tr>`;
  });
}

function findingsOf(verdicts: readonly Verdict[]): Html | null {
  const failed = failedInOrder(verdicts);
  if (failed.length === 0) return null;
  return html`<section aria-labelledby="findings"><h2 id="findings">What was found</h2>${failed.map(verdictCard)}</section>`;
}

function verdictCard(verdict: Verdict): Html {
  const { check, findings } = verdict;
  const severity = worstSeverity(verdict);
  const groups = sameFindings(findings);
  const left = groups.length - mostFindings;
  return html`<article class="card finding"><h3><span class="tag ${severity}">${severity}</span>${check.title} <code class="id">${check.id}</code></h3>
${groups.slice(0, mostFindings).flatMap(({ first, others }) => [findingOf(first), html`${others !== null && html`<p class="dim">${others}</p>`}`])}
${left > 0 && html`<p class="dim">and ${counted(left, 'more finding')} of this check; -o json lists all</p>`}</article>`;
}

function findingOf({ message, cures, evidence }: SaidFinding): Html {
  return html`<p>${message}</p>${cures.map(cureOf)}${evidence.length > 0 && html`<details><summary>Evidence</summary><table class="stack"><thead><tr><th scope="col">Object</th><th scope="col">Field or event</th><th scope="col">Value</th></tr></thead><tbody>${evidence.map(evidenceRow)}</tbody></table></details>`}`;
}

function evidenceRow(evidence: Evidence): Html {
  const { kind, namespace, name } = evidence.object;
  const { field, value } = valueText(evidence);
  return html`<tr><th scope="row"><code>${kind} ${namespace === '' ? name : `${namespace}/${name}`}</code></th><td><code>${field}</code></td><td><pre>${value}</pre></td></tr>`;
}

function cureOf({ command, note }: Cure): Html {
  if (command === null) return html`<p class="cure">&rarr; ${note}</p>`;
  return html`<div class="cure"><p>${note === null ? 'To fix it:' : `${note}:`}</p><div class="command"><code>${command}</code><button class="copy" type="button" aria-label="Copy: ${command}" hidden>Copy</button></div></div>`;
}

function workaroundOf({ portForwardHints, rootCauses }: DiagnosisFrame): Html | null {
  if (portForwardHints.length === 0) return null;
  const title = rootCauses.length > 0 ? 'Until it is fixed' : 'A tunnel also reaches the app';
  return html`<section aria-labelledby="tunnel"><h2 id="tunnel">${title}</h2><div class="card">${portForwardHints.slice(0, 5).map(({ command, note }) => cureOf({ command, note: note ?? 'a tunnel through the API server' }))}</div></section>`;
}

function possibleOf({ possible }: DiagnosisFrame): Html | null {
  if (possible.length === 0) return null;
  const rows = possible.map(
    ({ mode, possible: answer, reason }) =>
      html`<tr><th scope="row">${mode}</th><td>${answer}</td><td>${reason}</td></tr>`,
  );
  return html`<section aria-labelledby="possible"><h2 id="possible">Could a port be opened here?</h2><div class="card"><table class="stack"><thead><tr><th scope="col">Mode</th><th scope="col">Possible</th><th scope="col">Reason</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function othersOf(verdicts: readonly Verdict[]): Html {
  const groups = (['unknown', 'skipped', 'pass'] as const).map((outcome) => {
    const own = verdicts.filter((verdict) => verdict.outcome === outcome);
    const words = { unknown: 'Unknown', skipped: 'Skipped', pass: 'Passed' }[outcome];
    const items = own.map(
      ({ check, reason }) =>
        html`<li>${check.title} <code class="dim">${check.id}</code>${reason !== null && html`<br><span class="dim">${reason}</span>`}</li>`,
    );
    return (
      own.length > 0 &&
      html`<details><summary>${words}: ${own.length}</summary><ul class="plain">${items}</ul></details>`
    );
  });
  return html`<section aria-labelledby="others"><h2 id="others">The other checks</h2><div class="card">${groups.flatMap((group) => group || [])}</div></section>`;
}
