/** `model:` of the config: which model serves, what it refuses, and when and how another takes its place. */
import { z } from 'zod';
import { filePath } from './file-path.js';

export const modelSchema = z.strictObject({
  path: filePath().nullable().default(null).describe('model folder; null takes the one that ships'),
  text: filePath('off')
    .nullable()
    .default(null)
    .describe('folder of the text model, or off; null takes the one that ships'),
  lookalike: filePath()
    .nullable()
    .default(null)
    .describe('folder of the lookalike model; null takes the one that ships'),
  threshold: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .default(null)
    .describe("a probability at or below this is unknown; null takes the model's own"),
  rejection: z
    .enum(['auto', 'fixed', 'calibrated'])
    .default('auto')
    .describe(
      'fixed: one threshold for all categories; calibrated: the limits fitted to the model; auto: these where ' +
        'the model has them and threshold is null',
    ),
  folder: filePath().default('models').describe('folder in which imported and fine-tuned models are kept'),
  gate_precision: z
    .number()
    .min(0)
    .max(1)
    .default(0.97)
    .describe('least precision of what a model accepts of the held-out pictures before it is promoted'),
  renewal_rate: z
    .number()
    .min(0.1)
    .max(10_000)
    .default(10)
    .describe(
      'pictures a second, at most, that a new model sees again in the background; those of a crawl and of people go first',
    ),
});
