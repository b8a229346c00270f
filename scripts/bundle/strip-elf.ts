/**
 * Removes symbols and debugging data from an ELF executable. They are a quarter of Node's file, and no start reads
 * them. The parts that are loaded into memory stay in the same place, byte for byte. After them come the section names
 * and the headers of the remaining sections. Sources: System V ABI, chapter 4 (file and section headers); elf(5).
 *
 * @param file a 64-bit little-endian ELF file
 * @throws Error if it is not such a file, or if a removed part is followed by one that is loaded
 */
export function stripElf(file: Buffer): Buffer {
  if (file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1) throw new Error('no 64-bit ELF file');
  const sections = sectionsOf(file);
  const names = sections[file.readUInt16LE(0x3e)]!;
  const isKept = (section: Section) => section.type === none || Boolean(section.flags & allocated) || section === names;
  const dropped = sections.filter((section) => !isKept(section));
  if (dropped.length === 0) return file;
  const end = Math.min(...dropped.map(({ offset }) => offset));
  const kept = sections.filter(isKept);
  if (kept.some(({ type, offset, size, flags }) => flags & allocated && type !== noBits && offset + size > end)) {
    throw new Error('something that is loaded lies behind what is not');
  }
  const namesAt = end;
  const headersAt = Math.ceil((namesAt + names.size) / 8) * 8;
  const stripped = Buffer.alloc(headersAt + kept.length * headerSize);
  file.copy(stripped, 0, 0, end);
  file.copy(stripped, namesAt, names.offset, names.offset + names.size);
  kept.forEach((section, index) => {
    const at = headersAt + index * headerSize;
    section.header.copy(stripped, at);
    if (section === names) stripped.writeBigUInt64LE(BigInt(namesAt), at + 24);
    stripped.writeUInt32LE(Math.max(0, kept.indexOf(sections[section.link]!)), at + 40);
  });
  stripped.writeBigUInt64LE(BigInt(headersAt), 0x28);
  stripped.writeUInt16LE(kept.length, 0x3c);
  stripped.writeUInt16LE(kept.indexOf(names), 0x3e);
  return stripped;
}

/** `SHT_NULL`: the type of the first header, which is unused. */
const none = 0;
/** `SHT_NOBITS`: the section uses no space in the file. */
const noBits = 8;
/** `SHF_ALLOC`: the section is loaded into memory. */
const allocated = 2;

/** The size of a section header, in bytes. */
const headerSize = 64;

interface Section {
  readonly header: Buffer;
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly size: number;
  /** Index of a related section. */
  readonly link: number;
}

function sectionsOf(file: Buffer): Section[] {
  const [at, count] = [Number(file.readBigUInt64LE(0x28)), file.readUInt16LE(0x3c)];
  return Array.from({ length: count }, (_, index) => {
    const header = file.subarray(at + index * headerSize, at + (index + 1) * headerSize);
    return {
      header,
      type: header.readUInt32LE(4),
      flags: Number(header.readBigUInt64LE(8) & 0xffffffffn),
      offset: Number(header.readBigUInt64LE(24)),
      size: Number(header.readBigUInt64LE(32)),
      link: header.readUInt32LE(40),
    };
  });
}
