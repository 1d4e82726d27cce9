/** What the commands that change the registry share. */
import { userInfo } from 'node:os';
import type { Config } from '../config/schema.js';
import type { GateReport, RegisteredModel } from '../domain/model-registry.js';
import { createLog } from '../platform/log.js';
import { openRegistry } from '../store/registry/open.js';
import type { OpenRegistry } from '../store/registry/open.js';

/** Who is recorded: the user of the system. */
export function whoami(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

/** `work` within the shortest time that the database is held. */
export function changing<T>(config: Pick<Config, 'store'>, work: (registry: OpenRegistry) => T): T {
  const { path, disk_floor: diskFloor } = config.store;
  const registry = openRegistry(path, createLog({ level: 'warn', format: 'json' }), diskFloor);
  try {
    return work(registry);
  } finally {
    registry.close();
  }
}

/** What is served follows the registry. */
export const FOLLOWS =
  'the running daemon takes it over within seconds; where it cannot, it goes back and says so (fell-back)';

export function nameOf({ name, fingerprint }: RegisteredModel): string {
  return `${name} ${fingerprint.slice(0, 12)}`;
}

export function checkLine({ passed, says }: GateReport['checks'][number]): string {
  return `${passed ? 'kept  ' : 'FAILED'} ${says}`;
}
