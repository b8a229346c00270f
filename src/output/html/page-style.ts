/** The style sheet of the page. The colours have a contrast of at least 4.5 to 1 on their background (WCAG 2.2, AA). */
export const pageStyle = `:root{color-scheme:light dark;--page:#f6f8fa;--card:#fff;--text:#1f2328;--dim:#57606a;--edge:#d0d7de;--good:#1a7f37;--bad:#c11b28;--warn:#8a5a00;--code:#f0f3f6;--accent:#0a58ca;--on:#fff}
@media (prefers-color-scheme:dark){:root{--page:#0d1117;--card:#161b22;--text:#e6edf3;--dim:#9aa4af;--edge:#30363d;--good:#3fb950;--bad:#ff7b72;--warn:#e3b341;--code:#0d1117;--accent:#79b8ff;--on:#0d1117}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
main,header,footer{max-width:1040px;margin:0 auto;padding:0 16px}
header{padding-top:28px}
h1,h2,h3{line-height:1.25;margin:0}
h1{font-size:28px}
h2{font-size:20px;margin:36px 0 12px}
h3{font-size:16px}
p{margin:8px 0}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:14px}
.dim,footer{color:var(--dim);font-size:14px}
.verdict{display:flex;gap:16px;align-items:flex-start;background:var(--card);border:1px solid var(--edge);border-left:6px solid var(--dim);border-radius:10px;padding:18px 20px}
.verdict.good{border-left-color:var(--good)}
.verdict.bad{border-left-color:var(--bad)}
.verdict.warn{border-left-color:var(--warn)}
.verdict p{margin:6px 0 0}
.verdict details{margin-bottom:0}
.verdict h1{color:var(--text)}
.verdict.good h1{color:var(--good)}
.verdict.bad h1{color:var(--bad)}
.verdict.warn h1{color:var(--warn)}
dl.facts{display:flex;flex-wrap:wrap;gap:4px 24px;margin:12px 0 0;font-size:14px}
dl.facts div{display:flex;gap:6px}
dl.facts dt{color:var(--dim);flex:none}
dl.facts dd{margin:0}
.card{background:var(--card);border:1px solid var(--edge);border-radius:10px;padding:16px 20px;margin:12px 0}
.card>:first-child{margin-top:0}
.card>:last-child{margin-bottom:0}
.port{display:flex;flex-wrap:wrap;gap:4px 14px;align-items:baseline}
.port .url{font-size:14px}
svg.path{display:block;max-width:100%;height:auto;margin:14px auto 2px}
svg.down{display:none;margin-left:0}
svg.path line{stroke:var(--good);stroke-width:3}
svg.path line.cut{stroke:var(--bad);stroke-dasharray:3 6;stroke-linecap:round}
svg.path line.after{stroke:var(--edge)}
svg.path .stop{fill:var(--card);stroke:var(--dim);stroke-width:2}
svg.path path{fill:none;stroke:var(--dim);stroke-width:2.6;stroke-linecap:round;stroke-linejoin:round}
svg.path text{fill:var(--text);font-size:14px}
svg.path .skipped text,svg.path .unknown text{fill:var(--dim)}
svg.path .pass .stop{fill:var(--good);stroke:var(--good)}
svg.path .error .stop{fill:var(--bad);stroke:var(--bad)}
svg.path .warning .stop{fill:var(--warn);stroke:var(--warn)}
svg.path .pass path,svg.path .error path,svg.path .warning path{stroke:var(--on)}
svg.path .halo{fill:none;stroke:var(--bad);stroke-width:2}
svg.path .warning .halo{stroke:var(--warn)}
svg.path .broken text{font-weight:700}
svg.path .error.broken text{fill:var(--bad)}
svg.path .warning.broken text{fill:var(--warn)}
svg.path .from .head{fill:var(--dim)}
.stops{border-left:4px solid var(--bad);padding:2px 0 2px 12px;margin:14px 0 6px}
.stops.warning{border-left-color:var(--warn)}
.tag{display:inline-block;border-radius:20px;padding:1px 10px;font-size:13px;font-weight:600;border:1px solid currentColor}
.tag.error,.tag.Broken,.mark.error{color:var(--bad)}
.tag.warning,.tag.Pending,.tag.NoBackends,.mark.warning{color:var(--warn)}
.tag.pass,.tag.Ready,.mark.pass{color:var(--good)}
.tag.info,.tag.unknown,.tag.Unknown,.tag.skipped,.mark.info,.mark.skipped,.mark.unknown{color:var(--dim)}
.finding h3{display:flex;flex-wrap:wrap;gap:6px 12px;align-items:center}
.finding .id{color:var(--dim);font-weight:400}
ul.plain{list-style:none;margin:8px 0 0;padding:0}
ul.plain li{padding:3px 0}
.cure{margin:12px 0}
.cure p{margin:0 0 4px}
.command{display:flex;gap:8px;align-items:flex-start}
.command code{flex:1;min-width:0;background:var(--code);border:1px solid var(--edge);border-radius:6px;padding:7px 10px;white-space:pre-wrap}
button.copy{flex:none;font:inherit;font-size:14px;min-width:84px;min-height:36px;padding:5px 12px;border:1px solid var(--edge);border-radius:6px;background:var(--card);color:var(--text);cursor:pointer}
button.copy:hover{border-color:var(--accent)}
button.copy:focus-visible,summary:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
details{margin:10px 0}
summary{cursor:pointer;padding:4px 0;color:var(--accent);min-height:24px}
table{width:100%;border-collapse:collapse;font-size:14px}
th,td{text-align:left;vertical-align:top;padding:6px 12px 6px 0;border-top:1px solid var(--edge)}
thead th{border-top:0;color:var(--dim);font-weight:600;white-space:nowrap}
tbody th{font-weight:400;white-space:nowrap}
td pre{margin:0;white-space:pre-wrap;font-size:13px}
footer{padding-top:8px;padding-bottom:40px;margin-top:32px}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:760px){svg.across{display:none}svg.down{display:block}h1{font-size:23px}.verdict,.card{padding:14px}
table.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}table.stack tr,table.stack th,table.stack td{display:block;border-top:0;padding:1px 0}table.stack tr{border-top:1px solid var(--edge);padding:8px 0}tbody th{white-space:normal}
.command{flex-direction:column;align-items:stretch}.command code{width:100%}button.copy{align-self:flex-start}}
@media print{body{background:#fff}button.copy{display:none}.card,.verdict{break-inside:avoid}}
`;
