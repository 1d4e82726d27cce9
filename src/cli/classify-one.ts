/** One picture classified, with its vectors. */
import { openClassifier } from '../classifiers.js';
import type { Config } from '../config/schema.js';
import type { PictureSource } from '../domain/ports.js';
import type { PictureOutcome } from '../domain/prediction.js';
import { createLog } from '../platform/log.js';

export async function classifyOne(config: Config, source: PictureSource): Promise<PictureOutcome> {
  const classifier = await openClassifier(config, createLog({ level: 'silent', format: 'json' }));
  try {
    return await classifier.classify(source);
  } finally {
    await classifier.close();
  }
}
