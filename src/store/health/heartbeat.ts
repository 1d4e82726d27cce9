/** The daemon's sign of life: one row, written over with each beat, so that `status` can read it from outside. */
import type { Heartbeat } from '../../domain/health.js';
import type { ServingRuntime } from '../../domain/model.js';
import type { Connection } from '../connection.js';

interface HeartbeatRow {
  readonly pid: number;
  readonly started_at: number;
  readonly at: number;
  readonly window_ms: number;
  readonly loop_p50_ms: number;
  readonly loop_p99_ms: number;
  readonly loop_max_ms: number;
  readonly runtime: string | null;
}

export function beat(db: Connection, heartbeat: Heartbeat | null): void {
  if (heartbeat === null) {
    db.run('DELETE FROM heartbeat');
    return;
  }
  const { pid, startedAt, at, loop, runtime } = heartbeat;
  db.run(
    `INSERT OR REPLACE INTO heartbeat (id, pid, started_at, at, window_ms, loop_p50_ms, loop_p99_ms, loop_max_ms,
       runtime)
     VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [pid, startedAt, at, loop.windowMs, loop.p50Ms, loop.p99Ms, loop.maxMs, JSON.stringify(runtime)],
  );
}

/** Null where no daemon runs, unless it was killed. */
export function lastBeat(db: Connection): Heartbeat | null {
  const row = db.get<HeartbeatRow>('SELECT * FROM heartbeat');
  if (row === undefined) return null;
  return {
    pid: row.pid,
    startedAt: row.started_at,
    at: row.at,
    loop: {
      windowMs: row.window_ms,
      p50Ms: row.loop_p50_ms,
      p99Ms: row.loop_p99_ms,
      maxMs: row.loop_max_ms,
    },
    runtime: row.runtime === null ? null : (JSON.parse(row.runtime) as ServingRuntime | null),
  };
}
