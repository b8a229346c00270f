import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { ZipFile } from 'yazl';

/** A plain file of an archive. */
export interface ArchivedFile {
  readonly name: string;
  readonly content: Buffer;
  readonly executable: boolean;
}

/** The oldest date that a zip file can have. With a fixed date, the bytes do not depend on the day. */
const date = new Date('1980-01-01T00:00:00Z');
/** gzip's name for Unix (RFC 1952), whatever this machine is. */
const unix = 3;

/** A `.tar.gz`: plain files, modes 0755 and 0644, no owner, one date. The same files give the same bytes. */
export async function tarGz(files: readonly ArchivedFile[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, content, executable } of files) {
    archive.entry({ name, mode: executable ? 0o755 : 0o644, mtime: date, type: 'file' }, content);
  }
  archive.finalize();
  const compressed = await promisify(gzip)(await buffer(archive), { level: constants.Z_BEST_COMPRESSION });
  compressed[9] = unix;
  return compressed;
}

/** A `.zip` with the same properties. */
export async function zip(files: readonly ArchivedFile[]): Promise<Buffer> {
  const archive = new ZipFile();
  for (const { name, content, executable } of files) {
    const mode = 0o100_000 | (executable ? 0o755 : 0o644);
    // Removes the effect of this machine's time zone, because the format contains the local time.
    const mtime = new Date(date.getTime() + date.getTimezoneOffset() * 60_000);
    archive.addBuffer(content, name, { mtime, mode, compressionLevel: 9, forceDosTimestamp: true });
  }
  archive.end();
  return buffer(archive.outputStream);
}
