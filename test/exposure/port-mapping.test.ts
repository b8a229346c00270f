import test from 'ava';
import fc from 'fast-check';
import { UsageError } from '../../src/errors/usage-error.ts';
import { parsePortMappings, portArgument } from '../../src/exposure/port-mapping.ts';
import { saidBy } from '../helpers/said.ts';

const text = (words: readonly string[]) =>
  parsePortMappings(words)
    .map(({ servicePort, targetPort }) =>
      servicePort === targetPort ? `${servicePort}` : `${servicePort}:${targetPort}`,
    )
    .join(' ');

const cases = {
  '8888': '8888',
  '1 65535': '1 65535',
  '8000-8003': '8000 8001 8002 8003',
  '8000-8000': '8000',
  '8000,9000': '8000 9000',
  '9000 8000': '8000 9000',
  '8000,8000-8001 8001': '8000 8001',
  '080': '80',
  '80:8888': '80:8888',
  '8888/tcp': '8888',
  '80:8888/TCP': '80:8888',
  '8000-8001/tcp': '8000 8001',
  '80:8888 443:8443 9000': '80:8888 443:8443 9000',
  '80:8888,80:8888': '80:8888',
  '80:80': '80',
  '80:8888 81:8888': '80:8888 81:8888',
};
for (const [line, expected] of Object.entries(cases)) test(line, (t) => t.is(text(line.split(' ')), expected));

test('whitespace round items counts for nothing, as in SkyPilot', (t) => t.is(text([' 8000 , 9000 ']), '8000 9000'));

const refused = {
  '': /^an empty word is not a valid port; use a number from 1 to 65535 \(8888\), a range/,
  ',': /^an empty word is not a valid port/,
  '8000,': /^an empty word is not a valid port/,
  '0': /^"0" is not a valid port/,
  '65536': /^"65536" is not a valid port/,
  '-1': /^"-1" is not a valid port/,
  '+1': /^"\+1" is not a valid port/,
  '1.5': /^"1.5" is not a valid port/,
  '1e3': /^"1e3" is not a valid port/,
  '0x50': /^"0x50" is not a valid port/,
  '8o80': /^"8o80" is not a valid port/,
  '８０': /is not a valid port/,
  '80-70': /^"80-70" is not a valid port range: 80 is greater than 70; write 70-80$/,
  '80-': /^"80-" is not a valid port/,
  '1-2-3': /^"1-2-3" is not a valid port/,
  '0-5': /^"0-5" is not a valid port/,
  '65530-65536': /^"65530-65536" is not a valid port/,
  '80:': /^"80:" is not a valid port/,
  ':80': /^":80" is not a valid port/,
  '80:81:82': /^"80:81:82" is not a valid port/,
  '80-81:90-91': /^"80-81:90-91" is not a valid port/,
  '80:0': /^"80:0" is not a valid port/,
  '8888/udp': /^"8888\/udp": only TCP ports can be opened, and not UDP ports; write 8888 if the app listens on TCP$/,
  '8888/http': /^"8888\/http" is not a valid port/,
  '80:8888,80:9999': /^service port 80 is mapped twice, to Pod port 8888 and to 9999; /,
  '80,80:9999': /^service port 80 is mapped twice, to Pod port 80 and to 9999; /,
  '79-81,80:9999': /^service port 80 is mapped twice/,
};
for (const [line, says] of Object.entries(refused)) {
  test(`"${line}" is refused`, (t) => {
    const error = t.throws(() => parsePortMappings([line]), { instanceOf: UsageError });
    t.regex(saidBy(error), says);
  });
}

/** SkyPilot's rules, written anew (sky/utils/resources_utils.py, port_ranges_to_set): ascending ports, or undefined where it raises. */
function portsOfSkyPilot(items: readonly string[]): number[] | undefined {
  const ports = new Set<number>();
  const portOf = (digits: string) => {
    const port = /^[0-9]+$/.test(digits) ? Number.parseInt(digits, 10) : 0;
    return port >= 1 && port <= 65535 ? port : undefined;
  };
  for (const item of items.flatMap((each) => each.split(',')).map((each) => each.trim())) {
    const bounds = item.split('-').map(portOf);
    const [from, to = from] = bounds;
    if (bounds.length > 2 || bounds.includes(undefined) || from! > to!) return undefined;
    for (let port = from!; port <= to!; port++) ports.add(port);
  }
  return [...ports].sort((a, b) => a - b);
}

test("any word without a colon means what SkyPilot's rules say, or is refused where they raise", (t) => {
  const port = fc.oneof(fc.nat({ max: 300 }).map(String), fc.constantFrom('0', '65535', '65536', '', 'x', ' 8', '08'));
  const item = fc.oneof(
    port,
    fc.tuple(port, port).map((bounds) => bounds.join('-')),
    fc.constantFrom('1-2-3', '-'),
  );
  const word = fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(','));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 3 }), (words) => {
      const expected = portsOfSkyPilot(words);
      if (expected) t.is(text(words), expected.join(' '));
      else t.throws(() => parsePortMappings(words), { instanceOf: UsageError });
    }),
    { numRuns: 1000 },
  );
});

test('the argument for an open port keeps its Pod port', (t) => {
  t.is(portArgument({ port: 80, targetPort: 8888 }), '80:8888');
  t.is(portArgument({ port: 8888, targetPort: 8888 }), '8888');
  t.is(portArgument({ port: 8888 }), '8888');
  t.is(portArgument({ port: 80, targetPort: 'http' }), '80');
});
