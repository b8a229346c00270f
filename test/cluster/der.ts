/** The few kinds of DER values (ITU-T X.690) that a certificate consists of, each as its bytes. */

export const integer = (bytes: Buffer): Buffer => {
  const first = bytes[0] ?? 0;
  return value(0x02, first & 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
};
export const yes = (): Buffer => value(0x01, Buffer.of(0xff));
export const octets = (content: Buffer): Buffer => value(0x04, content);
/** `unused`: how many bits of the last byte do not count. */
export const bits = (content: Buffer, unused = 0): Buffer => value(0x03, Buffer.of(unused), content);
export const text = (content: string): Buffer => value(0x0c, Buffer.from(content));
export const sequence = (...parts: Buffer[]): Buffer => value(0x30, ...parts);
export const set = (...parts: Buffer[]): Buffer => value(0x31, ...parts);
/** `[number]` that wraps other values. */
export const tagged = (number: number, ...parts: Buffer[]): Buffer => value(0xa0 + number, ...parts);
/** `[number]` that stands in place of a simple value's own tag. */
export const taggedBytes = (number: number, content: Buffer): Buffer => value(0x80 + number, content);

/** UTCTime, seconds, years 1950 to 2049. */
export function utcTime(at: Date): Buffer {
  const digits = at.toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return value(0x17, Buffer.from(`${digits}Z`));
}

/** An object identifier from its dotted form. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return value(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(number: number): number[] {
  const digits = [number & 0x7f];
  for (let left = number >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

function value(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), length(content.length), content]);
}

function length(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.of(bytes);
  const digits: number[] = [];
  for (let left = bytes; left > 0; left >>= 8) digits.unshift(left & 0xff);
  return Buffer.of(0x80 | digits.length, ...digits);
}
