/**
 * Removes the Authenticode signature of a Windows program. It would not be valid after something is added. Source: PE
 * format, "Attribute Certificate Table": the fifth data directory has a file offset, and the table is at the end of the
 * file.
 *
 * @throws Error if the file is not a 64-bit PE file, or has data after its signature
 */
export function withoutAuthenticode(file: Buffer): Buffer {
  const header = file.readUInt32LE(0x3c);
  if (file.toString('latin1', 0, 2) !== 'MZ' || file.toString('latin1', header, header + 4) !== 'PE\0\0') {
    throw new Error('no PE file');
  }
  const optional = header + 24;
  if (file.readUInt16LE(optional) !== 0x20b) throw new Error('no 64-bit PE file');
  const directory = optional + 112 + 4 * 8;
  const [offset, size] = [file.readUInt32LE(directory), file.readUInt32LE(directory + 4)];
  if (offset === 0) return file;
  if (offset + size !== file.length) throw new Error('something lies behind the signature');
  const unsigned = Buffer.from(file.subarray(0, offset));
  unsigned.fill(0, directory, directory + 8);
  return unsigned;
}
