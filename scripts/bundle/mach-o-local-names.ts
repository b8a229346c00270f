import { loadCommandsOf } from './mach-o-commands.ts';

/**
 * Removes the names of local symbols from a Mach-O executable, because only debuggers read them. All offsets stay the
 * same. The names become zeros, and a download is 5 MB smaller. Sources: mach-o/loader.h (symtab_command,
 * dysymtab_command), mach-o/nlist.h.
 *
 * @param file a thin 64-bit Mach-O file; its signature, if it has one, is not valid afterwards
 */
export function withoutLocalNames(file: Buffer): Buffer {
  const bare = Buffer.from(file);
  const { symbols, count, names, namesSize, firstLocal, locals } = symbolTableOf(file);
  const nameOf = (symbol: number) => file.readUInt32LE(symbols + symbol * entrySize);
  const isLocal = (symbol: number) => symbol >= firstLocal && symbol < firstLocal + locals;
  const kept = Buffer.alloc(namesSize);
  for (let symbol = 0; symbol < count; symbol++) {
    if (isLocal(symbol)) continue;
    const at = nameOf(symbol);
    kept.fill(1, at, file.indexOf(0, names + at) - names + 1);
  }
  for (let symbol = firstLocal; symbol < firstLocal + locals; symbol++) {
    bare.writeUInt32LE(0, symbols + symbol * entrySize);
  }
  // Two names may share their last characters.
  for (let at = 1; at < namesSize; at++) if (kept[at] === 0) bare[names + at] = 0;
  return bare;
}

/** `struct nlist_64`: the first word is the offset of the name; 0 means no name. */
const entrySize = 16;
const loadCommands = { symtab: 0x2, dysymtab: 0xb } as const;

interface SymbolTable {
  readonly symbols: number;
  readonly count: number;
  readonly names: number;
  readonly namesSize: number;
  readonly firstLocal: number;
  readonly locals: number;
}

function symbolTableOf(file: Buffer): SymbolTable {
  const commands = new Map(loadCommandsOf(file).commands.map(({ kind, at }) => [kind, at]));
  const [symtab, dysymtab] = [commands.get(loadCommands.symtab), commands.get(loadCommands.dysymtab)];
  if (symtab === undefined || dysymtab === undefined) throw new Error('no symbol table');
  const [symbols, count, names, namesSize] = [8, 12, 16, 20].map((at) => file.readUInt32LE(symtab + at));
  const [firstLocal, locals] = [8, 12].map((at) => file.readUInt32LE(dysymtab + at));
  return {
    symbols: symbols!,
    count: count!,
    names: names!,
    namesSize: namesSize!,
    firstLocal: firstLocal!,
    locals: locals!,
  };
}
