/** What models answered of the golden pictures when they were loaded first. */
import type { ModelFingerprint } from '../../domain/ids.js';
import type { GoldenAnswer, GoldenKeeping } from '../../domain/model.js';
import type { Connection } from '../connection.js';
import { modelRow } from '../models.js';

const ANSWERS = `
  SELECT g.picture, g.answer FROM golden_answers g JOIN models m ON m.id = g.model_id
  WHERE m.fingerprint = ? ORDER BY g.picture`;

export class GoldenAnswers implements GoldenKeeping {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  answers(model: ModelFingerprint): GoldenAnswer[] {
    return this.#db.all<{ picture: string; answer: string }>(ANSWERS, [model]).map(({ picture, answer }) => ({
      picture,
      ...(JSON.parse(answer) as Omit<GoldenAnswer, 'picture'>),
    }));
  }

  keep(model: ModelFingerprint, answers: readonly GoldenAnswer[]): void {
    const db = this.#db;
    db.transaction(() => {
      const id = modelRow(db, model);
      for (const { picture, ...answer } of answers) {
        db.run('INSERT OR REPLACE INTO golden_answers (model_id, picture, answer) VALUES (?, ?, ?)', [
          id,
          picture,
          JSON.stringify(answer),
        ]);
      }
    });
  }
}
