import test from 'ava';
import fc from 'fast-check';
import { lookAtPage } from '../../src/probes/look-at-page.ts';
import { linksOutside } from '../../src/probes/page-links.ts';

const at = new URL('http://203.0.113.7/skypilot/default/train/8888/');
const prefix = '/skypilot/default/train/8888';

/** The links of a page that leave the prefix, as `kind path`. */
function outside(html: string, page = at): string[] {
  return linksOutside(html, page, prefix).map(({ kind, path }) => `${kind} ${path}`);
}

const cases: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  'a script from the root': ['<script src="/static/a.js"></script>', ['script /static/a.js']],
  'a relative script': ['<script src="./a.js"></script><script src="b/c.js">', []],
  'an absolute path below the prefix': [`<script src="${prefix}/a.js"></script>`, []],
  'the prefix itself': [`<a href="${prefix}">`, []],
  'a path that begins alike': [`<a href="${prefix}8/">`, [`link ${prefix}8/`]],
  'a style sheet, a frame, an icon and a link': [
    '<a href=/a><link rel="shortcut icon" href=/i.ico><iframe src=/f></iframe><link rel=StyleSheet href=/s.css>',
    ['style /s.css', 'frame /f', 'file /i.ico', 'link /a'],
  ],
  'relations that load nothing': ['<link rel=canonical href=/c><link href=/d><link rel="dns-prefetch" href=/e>', []],
  'preloaded files': [
    '<link rel=preload as=script href=/p.js><link rel=modulepreload href=/m.js><link rel=preload as=font href=/f.woff>',
    ['script /p.js', 'script /m.js', 'file /f.woff'],
  ],
  'one level up': ['<script src="../a.js"></script>', ['script /skypilot/default/train/a.js']],
  'dots that are escaped': ['<script src="%2e%2e/%2E%2e/a.js"></script>', ['script /skypilot/default/a.js']],
  'a link with a query and a fragment': ['<a href="/a?token=secret#part">', ['link /a']],
  'another host': ['<script src="https://cdn.example.com/a.js"></script><script src="//cdn.example.com/b.js">', []],
  'the same host, written out': [
    '<script src="//203.0.113.7/a.js"></script><script src="https://203.0.113.7/b.js"></script>',
    ['script /a.js', 'script /b.js'],
  ],
  'another port of the host': ['<script src="http://203.0.113.7:8080/a.js"></script>', []],
  'schemes that request nothing': [
    '<a href="javascript:alert(1)"><a href="data:text/html,/x"><a href="mailto:a@b.c"><img src="blob:/x"><a href=" javascript:void(0)">',
    [],
  ],
  'a fragment and an empty link': ['<base href="/"><a href="#top"><script src=""></script><a href="  ">', []],
  'a base at the root': ['<base href="/"><script src="a.js"></script>', ['script /a.js']],
  'a base below the prefix': ['<base href="./"><script src="a.js"></script>', []],
  'a base at another host': ['<base href="https://cdn.example.com/"><script src="a.js"></script>', []],
  'of two bases the first counts': ['<base href="./"><base href="/"><script src="a.js"></script>', []],
  'a base with a scheme that is no base': ['<base href="javascript:0"><script src="a.js"></script>', []],
  'a base only counts from its place on': [
    '<script src="a.js"></script><base href="/"><img src="b.png">',
    ['file /b.png'],
  ],
  'a srcset': [
    '<img srcset="/a.png, /b.png 2x,c.png 100w , data:image/png;base64,AA,BB 3x" src="d.png">',
    ['file /a.png', 'file /b.png'],
  ],
  'a size in a srcset is no link': [
    '<base href="/"><img srcset="/x/a.png 1.5x, /x/b.png 2x">',
    ['file /x/a.png', 'file /x/b.png'],
  ],
  entities: ['<a href="&#47;a&amp;b&#x2f;c">', ['link /a&b/c']],
  'no tag inside of a script, a comment or a title': [
    '<script>"<a href=/a>"</script><!-- <a href=/b> --><title><a href=/c></title><textarea><a href=/d></textarea>',
    [],
  ],
  'what a browser with scripts does not load': [
    '<noscript><link rel=stylesheet href=/n.css></noscript><template><img src=/t.png></template><img src=/i.png>',
    ['file /i.png'],
  ],
  'capital letters': ['<SCRIPT SRC="/A.js"></SCRIPT>', ['script /A.js']],
  'of two attributes the first counts': ['<script src="/a.js" src="/b.js"></script>', ['script /a.js']],
  'a path once, as what it is needed for': ['<a href=/a></a><script src=/a></script>', ['script /a']],
  'a tag that does not end': ['<script src="/a.js"></script><img src="/b.png', ['script /a.js']],
  'null bytes': ['<scr\0ipt src=/a.js><a hr\0ef=/b><a href="/c\0d">', ['link /c%00d']],
  'control characters and other alphabets': [
    '<a href="/\u001b[31mred"><a href="/\u202egnp"><a href="/é">',
    ['link /%1B[31mred', 'link /%E2%80%AEgnp', 'link /%C3%A9'],
  ],
  'a URL that is no URL': ['<script src="http://[::1"></script><a href="http://:99999/">', []],
};

for (const [name, [html, links]] of Object.entries(cases)) {
  test(`links outside the path: ${name}`, (t) => {
    t.deepEqual(outside(html), links);
  });
}

test('a page at the root has nothing outside', (t) => {
  t.deepEqual(linksOutside('<script src="/a.js"></script>', new URL('http://203.0.113.7/'), ''), []);
});

test('without the final slash, relative links leave the path', (t) => {
  const page = new URL(`http://203.0.113.7${prefix}`);
  t.deepEqual(outside('<script src="./a.js"></script><a href="#top">', page), ['script /skypilot/default/train/a.js']);
});

test('few paths of limited length are kept, scripts first', (t) => {
  const links = Array.from({ length: 50 }, (_, index) => `<a href="/${index}">`).join('');
  const found = linksOutside(`${links}<script src="/${'x'.repeat(1000)}"></script>`, at, prefix);
  t.is(found.length, 5);
  t.is(found[0]!.kind, 'script');
  t.true(found[0]!.path.length < 130);
  t.deepEqual(outside(`<script src="/${'x'.repeat(5000)}"></script>`), []);
});

const size = 256 * 1024;
const hostile: Readonly<Record<string, string>> = {
  'nested tags': '<a><b>'.repeat(size / 6),
  'tags that are closed and were not open': `${'<a>'.repeat(size / 6)}${'</b>'.repeat(size / 8)}`,
  'a tag with many attributes': `<a ${'x=1 '.repeat(size / 4)}>`,
  'one long attribute': `<img srcset="${','.repeat(size)}">`,
  'one long attribute of entities': `<img srcset="${'&amp;'.repeat(size / 5)}">`,
  'many srcsets': '<img srcset="a 1x,b 2x,,,,,,,,,,,,,,,,,,,,,,,,">'.repeat(size / 48),
  'many links': '<a href=/a>'.repeat(size / 11),
  'many long links': `<a href="/${'x'.repeat(2000)}">`.repeat(size / 2020),
  'many titles that do not end': '<title'.repeat(size / 6),
  'comments that do not end': '<!--'.repeat(size / 4),
  'angle brackets alone': '<'.repeat(size),
  'null bytes alone': '\0'.repeat(size),
};

for (const [name, html] of Object.entries(hostile)) {
  test(`256 KiB of ${name} take no time`, (t) => {
    outside('<a href=/x>');
    // The time of this process alone counts: a few milliseconds, or minutes for an algorithm that is not linear.
    const start = process.cpuUsage();
    t.true(outside(html).length <= 5);
    t.true(process.cpuUsage(start).user < 20e6);
  });
}

test('any text gives safe paths', (t) => {
  const words = fc.constantFrom(
    ...['<script src=', '<base href=', '<a href="', '"', "'", '>', '/', '&#', ';', '\0', '<!--', '//', ':', 'x'],
  );
  const found: string[] = [];
  fc.assert(
    fc.property(fc.array(fc.oneof(words, fc.string({ unit: 'binary' })), { maxLength: 30 }), (parts) => {
      found.push(...linksOutside(parts.join(''), at, prefix).map(({ path }) => path));
    }),
  );
  for (const path of found) t.regex(path, /^\/[!-~]*$/);
  t.pass();
});

test("a style sheet that Gradio's script loads is found by the root URL in the settings of the page", async (t) => {
  const url = 'http://gpu.example.com/skypilot/default/train/7860/';
  const page = (root: string) => ({
    ...{ status: 200, headers: { 'content-type': 'text/html' } },
    body: `<base href="./"><script>window.gradio_config = {"version":"6.31.0","props":{"root":null},"root":"${root}"};</script>`,
  });
  const outsideOf = async (root: string) =>
    (await lookAtPage(page(root), true, url, '/skypilot/default/train/7860')).outside;
  t.deepEqual(await outsideOf('http://gpu.example.com'), [{ kind: 'style', path: '/theme.css' }]);
  t.deepEqual(await outsideOf('http://gpu.example.com/skypilot/default/train/7860'), []);
  t.deepEqual(await outsideOf('https://other.example.com'), []);
});
