/** Shows a model the golden pictures before it takes another's place, and keeps what it answered the first time. */
import { FashiondError } from './domain/errors.js';
import type { Log } from './domain/ports.js';
import type { GoldenKeeping } from './domain/model.js';
import { goldenPictures } from './images/golden-pictures.js';
import { goldenAnswer, goldenFault } from './infer/golden-check.js';
import type { OpenModel } from './open-model.js';

/** Throws FashiondError `corrupt` with the first picture whose answer is not one to serve with. */
export async function requireGolden(
  { fingerprint, classifier }: OpenModel,
  keeping: GoldenKeeping,
  log: Log,
): Promise<void> {
  const kept = keeping.answers(fingerprint);
  const answers = await Promise.all(
    (await goldenPictures()).map(async ({ name, bytes }) => {
      const outcome = await classifier.classify({ bytes });
      const fault = goldenFault(outcome, kept.find(({ picture }) => picture === name) ?? null);
      if (fault === null) return goldenAnswer(name, outcome);
      throw new FashiondError(
        'corrupt',
        `model ${fingerprint.slice(0, 12)} answers wrongly of the ${name}: ${fault}`,
        {
          hint: 'Its folder or its runtime is broken: import the model again, or train it anew.',
        },
      );
    }),
  );
  log.info('model.checked', { model: fingerprint, pictures: answers.length, compared: kept.length });
  if (kept.length === 0)
    keeping.keep(
      fingerprint,
      answers.flatMap((answer) => answer ?? []),
    );
}
