/** Copies of robots.txt by origin: what each said last, and when. */
import type { RobotsCopy } from '../domain/ports.js';
import type { Connection } from './connection.js';

export function robotsCopy(db: Connection, origin: string): RobotsCopy | null {
  return (
    db.get<RobotsCopy>('SELECT text, fetched_at AS fetchedAt FROM robots WHERE origin = ?', [origin]) ?? null
  );
}

export function keepRobots(db: Connection, origin: string, copy: RobotsCopy): void {
  db.run(
    `INSERT INTO robots (origin, text, fetched_at) VALUES (:origin, :text, :fetchedAt)
     ON CONFLICT (origin) DO UPDATE SET text = excluded.text, fetched_at = excluded.fetched_at`,
    { origin, text: copy.text, fetchedAt: copy.fetchedAt },
  );
}
