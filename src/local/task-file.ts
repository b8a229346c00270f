import { advice } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import { portsOfTasks, TaskFault, type TaskPorts } from '../skypilot/task-ports.ts';
import type { System } from '../system.ts';
import { nameOfFile, readYamlFile, type YamlFileKind } from './yaml-file.ts';

/** The maximum size of a task file in bytes. Real task files have a few kilobytes. */
const mostBytes = 1024 * 1024;

/**
 * Reads the ports in a SkyPilot task file.
 *
 * @param file a path, or `-` for standard input
 * @returns one entry for each task and each candidate of its resources, without those that have no ports; not empty
 * @throws UsageError if the file cannot be read or names no ports; its message names the file
 */
export async function readTaskPorts(file: string, system: System): Promise<TaskPorts[]> {
  const documents = await readYamlFile(file, taskFile, system);
  const found = portsIn(documents, file);
  if (found.length > 0) return found;
  throw new UsageError('task-without-ports', `${nameOfFile(file)} has no resources.ports`, [
    advice('name the PORT, or add ports to the resources in the file'),
  ]);
}

function portsIn(documents: readonly unknown[], file: string): TaskPorts[] {
  try {
    return portsOfTasks(documents);
  } catch (error) {
    if (error instanceof TaskFault) throw invalid(`${nameOfFile(file)}: ${error.message}`);
    throw error;
  }
}

const taskFile: YamlFileKind = {
  mostBytes,
  version: '1.1',
  unreadable: invalid,
  tooLarge: (name) => invalid(`${name} has more than ${mostBytes / 1024 / 1024} MiB, and no larger file is read`),
};

function invalid(fact: string): UsageError {
  return new UsageError('invalid-task-file', fact, [
    advice('-f takes the YAML file that you give to sky launch, or - for standard input'),
  ]);
}
