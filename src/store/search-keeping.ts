/** What the store keeps for the next index of search. */
import { Reading } from './reading.js';
import type { Store } from './store-port.js';

const SAVE = `
  INSERT INTO short_vectors (blob_id, space_id, bytes)
  VALUES (?, (SELECT id FROM short_spaces WHERE fingerprint = ?), ?)
  ON CONFLICT DO UPDATE SET bytes = excluded.bytes`;

export abstract class SearchKeeping extends Reading {
  saveShortVectors(space: string, rows: Parameters<Store['saveShortVectors']>[1]): void {
    this.db.transaction(() => {
      this.db.run('INSERT INTO short_spaces (fingerprint) VALUES (?) ON CONFLICT DO NOTHING', [space]);
      for (const { picture, bytes } of rows) {
        const row = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        this.db.run(SAVE, [picture, space, row]);
      }
    });
  }
}
