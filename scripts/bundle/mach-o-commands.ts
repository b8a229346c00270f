/** A load command of a Mach-O file: its type, and its offset. */
export interface LoadCommand {
  readonly kind: number;
  readonly at: number;
}

/**
 * The load commands of a Mach-O file, and the offset of their end. Source: mach-o/loader.h (mach_header_64,
 * load_command).
 *
 * @throws Error if it is not a thin 64-bit Mach-O file
 */
export function loadCommandsOf(file: Buffer): { readonly commands: readonly LoadCommand[]; readonly end: number } {
  if (file.readUInt32LE(0) !== 0xfeedfacf) throw new Error('no thin 64-bit Mach-O file');
  const commands: LoadCommand[] = [];
  let at = 32;
  for (let left = file.readUInt32LE(16); left > 0; left--) {
    commands.push({ kind: file.readUInt32LE(at), at });
    at += file.readUInt32LE(at + 4);
  }
  return { commands, end: at };
}
