/** Names of backups: they sort by time, and say why each was made. */
import { join } from 'node:path';

/** `folder/fashiond-manual-20260531T091500Z.db`. `now` in milliseconds since the epoch. */
export function backupName(folder: string, kind: 'manual', now: number): string {
  const time = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return join(folder, `fashiond-${kind}-${time}.db`);
}
