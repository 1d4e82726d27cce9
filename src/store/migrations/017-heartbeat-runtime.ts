/** Schema 17: the sign of life says what the daemon runs networks on, which another process can only guess. */
import type { Migration } from '../migrate.js';

export const heartbeatRuntime: Migration = {
  number: 17,
  name: 'heartbeat-runtime',
  sql: `
-- Runtime, device and why as JSON; null where a daemon of an earlier release wrote the row.
ALTER TABLE heartbeat ADD COLUMN runtime TEXT;
`,
};
