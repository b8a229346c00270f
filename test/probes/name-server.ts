import { createSocket } from 'node:dgram';

/** Types of records (RFC 1035, RFC 3596). */
const types: Readonly<Record<number, 4 | 6>> = { 1: 4, 28: 6 };

/**
 * Answers DNS questions for A and AAAA records out of a table; of other names it says that they are not there, and for
 * `null` it keeps silent.
 *
 * @param read IP addresses by name, asked for each question
 */
export async function startNameServer(
  read: () => Readonly<Record<string, readonly string[] | null>>,
  address: string,
): Promise<{ stop(): void }> {
  const socket = createSocket('udp4');
  socket.on('message', (question, from) => {
    const { name, type, end } = readQuestion(question);
    const found = read()[name.toLowerCase()];
    if (found === null) return;
    const family = types[type];
    const records = (found ?? [])
      .filter((each) => (each.includes(':') ? 6 : 4) === family)
      .map((each) => record(type, each));
    const header = Buffer.from(question.subarray(0, 12));
    header.writeUInt16BE(found ? 0x8180 : 0x8183, 2); // an answer, recursion available; name error
    header.writeUInt16BE(records.length, 6);
    header.writeUInt32BE(0, 8);
    socket.send(Buffer.concat([header, question.subarray(12, end), ...records]), from.port, from.address);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(53, address, resolve);
  });
  return { stop: () => socket.close() };
}

function readQuestion(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at]!; length > 0; length = message[at]!) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), type: message.readUInt16BE(at + 1), end: at + 5 };
}

/** A resource record that points to the question for its name. */
function record(type: number, address: string): Buffer {
  const data = address.includes(':') ? bytesOf(address) : Buffer.from(address.split('.').map(Number));
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4); // IN
  head.writeUInt32BE(1, 6); // seconds to live
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function bytesOf(address: string): Buffer {
  const [left = '', right = ''] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [before, after] = [groups(left), groups(right)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return Buffer.from([...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 255]));
}
