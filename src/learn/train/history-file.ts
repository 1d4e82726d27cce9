/** The epochs that a model folder's history.json tells of. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { EpochRecord } from './history.js';

const schema = z.object({
  epochs: z.array(
    z.object({
      epoch: z.number(),
      trainLoss: z.number(),
      trainAccuracy: z.number(),
      validationLoss: z.number(),
      validationAccuracy: z.number(),
      learningRate: z.number(),
      picturesPerSecond: z.number(),
      elapsedMs: z.number(),
    }),
  ),
});

/** Empty where there is no such file, or it tells of no epochs: a model need not have been trained here. */
export async function readEpochs(folder: string): Promise<readonly EpochRecord[]> {
  let text: string;
  try {
    text = await readFile(join(folder, 'history.json'), 'utf8');
  } catch {
    return [];
  }
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.epochs : [];
  } catch {
    return [];
  }
}
