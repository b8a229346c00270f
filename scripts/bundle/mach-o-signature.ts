import { createHash } from 'node:crypto';
import { loadCommandsOf } from './mach-o-commands.ts';

/**
 * Adds an ad-hoc signature to a Mach-O executable. Such a signature contains hashes of the pages, and no certificate.
 * Apple silicon does not start an executable without a signature. The linkers of Xcode, LLVM and Go write the same
 * kind: one SuperBlob with one CodeDirectory. Sources: xnu, osfmk/kern/cs_blobs.h (SuperBlob, CodeDirectory, flags);
 * mach-o/loader.h (load commands).
 *
 * @param file a thin 64-bit Mach-O file
 * @param identifier the name in the signature
 * @throws Error if the file is not such a file, or has no room for one more load command
 */
export function signAdHoc(file: Buffer, identifier: string): Buffer {
  const { text, linkEdit, signature, commandsEnd, room } = layoutOf(file);
  const codeEnd = signature?.dataOffset ?? linkEdit.offset + linkEdit.size;
  if (!signature && codeEnd !== file.length) throw new Error('something lies behind __LINKEDIT');
  const codeLimit = aligned(codeEnd, 16);
  const name = Buffer.from(`${identifier}\0`);
  const slots = Math.ceil(codeLimit / pageSize);
  const size = aligned(superBlobHeader + codeDirectoryHeader + name.length + slots * hashSize, 16);
  const signed = Buffer.alloc(codeLimit + size);
  file.copy(signed, 0, 0, codeEnd);

  if (!signature) {
    if (commandsEnd + 16 > room) throw new Error('no room for the load command of a signature');
    signed.writeUInt32LE(loadCommands.codeSignature, commandsEnd);
    signed.writeUInt32LE(16, commandsEnd + 4);
    signed.writeUInt32LE(file.readUInt32LE(16) + 1, 16);
    signed.writeUInt32LE(file.readUInt32LE(20) + 16, 20);
  }
  const command = signature?.command ?? commandsEnd;
  signed.writeUInt32LE(codeLimit, command + 8);
  signed.writeUInt32LE(size, command + 12);
  const linkEditSize = codeLimit + size - linkEdit.offset;
  signed.writeBigUInt64LE(BigInt(aligned(linkEditSize, 0x4000)), linkEdit.command + 32);
  signed.writeBigUInt64LE(BigInt(linkEditSize), linkEdit.command + 48);

  writeSignature(signed, { codeLimit, slots, name, text });
  return signed;
}

const pageSize = 4096;
const hashSize = 32;
const superBlobHeader = 20;
const codeDirectoryHeader = 88;
const loadCommands = { segment64: 0x19, codeSignature: 0x1d } as const;

interface Segment {
  /** The offset of its load command. */
  readonly command: number;
  readonly offset: number;
  readonly size: number;
}

interface Layout {
  readonly text: Segment;
  readonly linkEdit: Segment;
  readonly signature: { readonly command: number; readonly dataOffset: number } | undefined;
  readonly commandsEnd: number;
  /** The offset of the first section. Load commands must end before it. */
  readonly room: number;
}

function layoutOf(file: Buffer): Layout {
  const { commands, end } = loadCommandsOf(file);
  const segments = new Map<string, Segment>();
  let signature: Layout['signature'];
  let room = Number.POSITIVE_INFINITY;
  for (const { kind, at: command } of commands) {
    if (kind === loadCommands.segment64) {
      const name = file.toString('latin1', command + 8, command + 24).replace(/\0+$/, '');
      const [offset, size] = [40, 48].map((at) => Number(file.readBigUInt64LE(command + at)));
      segments.set(name, { command, offset: offset!, size: size! });
      for (let section = 0; section < file.readUInt32LE(command + 64); section++) {
        const at = file.readUInt32LE(command + 72 + section * 80 + 48);
        if (at > 0) room = Math.min(room, at);
      }
    } else if (kind === loadCommands.codeSignature) {
      signature = { command, dataOffset: file.readUInt32LE(command + 8) };
    }
  }
  const [text, linkEdit] = [segments.get('__TEXT'), segments.get('__LINKEDIT')];
  if (!text || !linkEdit) throw new Error('no __TEXT or no __LINKEDIT');
  return { text, linkEdit, signature, commandsEnd: end, room };
}

interface SignatureParts {
  readonly codeLimit: number;
  readonly slots: number;
  readonly name: Buffer;
  readonly text: Segment;
}

/** These numbers are big-endian on every processor. */
function writeSignature(signed: Buffer, { codeLimit, slots, name, text }: SignatureParts): void {
  const directorySize = codeDirectoryHeader + name.length + slots * hashSize;
  const words = [
    // SuperBlob: magic, length, one blob; slot 0, the CodeDirectory, at 20.
    ...[0xfade0cc0, superBlobHeader + directorySize, 1, 0, superBlobHeader],
    // CodeDirectory: magic, length, version with an executable segment, flags adhoc and linker-signed.
    ...[0xfade0c02, directorySize, 0x20400, 0x20002],
    // Offsets of hashes and name, no special slots, slots of code, where the code ends.
    ...[codeDirectoryHeader + name.length, codeDirectoryHeader, 0, slots, codeLimit],
    // Bytes a hash, SHA-256, no platform, 2^12 bytes a page; then nothing of scatter and team, and no 64-bit limit.
    ...[(hashSize << 24) | (2 << 16) | 12, 0, 0, 0, 0, 0, 0],
    // The executable segment: offset, size, flags "main binary", 64 bits each.
    ...[0, text.offset, 0, text.size, 0, 1],
  ];
  let at = codeLimit;
  for (const word of words) at = signed.writeUInt32BE(word >>> 0, at);
  at += name.copy(signed, at);
  for (let slot = 0; slot < slots; slot++) {
    const page = signed.subarray(slot * pageSize, Math.min((slot + 1) * pageSize, codeLimit));
    at += createHash('sha256').update(page).digest().copy(signed, at);
  }
}

function aligned(offset: number, to: number): number {
  return Math.ceil(offset / to) * to;
}
