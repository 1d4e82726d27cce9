/**
 * Shows a model the golden pictures before it serves, at a start as in a swap, and keeps what it answered when it was
 * loaded first.
 */
import { FashiondError, messageOf } from './domain/errors.js';
import type { Log } from './domain/ports.js';
import type { ModelFingerprint } from './domain/ids.js';
import type { GoldenAnswer, GoldenKeeping } from './domain/model.js';
import { goldenPictures } from './images/golden-pictures.js';
import { PIXELS_VERSION } from './images/prepare.js';
import { goldenAnswer, goldenFault } from './infer/golden-check.js';
import type { OpenModel } from './open-model.js';
import { systemClock } from './platform/clock.js';

/** After a picture that failed. */
const TRIES = 2;
/** How long threads that are busy are waited for before each picture, and how often they are looked at. */
const MOST_WAIT_MS = 200;
const LOOK_MS = 5;

/** Throws FashiondError `corrupt` with the first picture whose answer is not one to serve with. */
export async function requireGolden(
  { fingerprint, classifier }: OpenModel,
  keeping: GoldenKeeping,
  log: Log,
): Promise<void> {
  // A release that prepares pictures in another way, or another lookalike model, gives other answers rightly.
  const made = `${PIXELS_VERSION}; ${classifier.lookLayout.version}`;
  const kept = keeping.answers(fingerprint).filter((answer) => answer.made === made);
  const answers: GoldenAnswer[] = [];
  // One after the other, and people's pictures first: a swap is in no hurry.
  for (const { name, bytes } of await goldenPictures()) {
    await peoplePassed(classifier);
    let outcome = await classifier.classify({ bytes });
    // What the machine was short of may be there again; a model that is broken fails each time.
    for (let again = 0; again < TRIES && outcome.kind === 'failed'; again += 1) {
      outcome = await classifier.classify({ bytes });
    }
    // A limit of the config that a golden picture is beyond says nothing of the model.
    if (outcome.kind === 'refused') continue;
    const fault = goldenFault(outcome, kept.find(({ picture }) => picture === name) ?? null);
    if (fault !== null) throw wrong(fingerprint, name, fault);
    const answer = goldenAnswer(name, outcome, made);
    if (answer !== null) answers.push(answer);
  }
  log.info('model.checked', { model: fingerprint, pictures: answers.length, compared: kept.length });
  if (kept.length > 0) return;
  try {
    keeping.keep(fingerprint, answers);
  } catch (error) {
    // The disk may be full: the next load is compared with nothing, and kept.
    log.warn('model.answers_not_kept', { model: fingerprint, error: messageOf(error) });
  }
}

async function peoplePassed(classifier: Pick<OpenModel['classifier'], 'isBusy'>): Promise<void> {
  for (let waited = 0; classifier.isBusy && waited < MOST_WAIT_MS; waited += LOOK_MS) {
    await systemClock.sleep(LOOK_MS);
  }
}

function wrong(model: ModelFingerprint, picture: string, fault: string): FashiondError {
  return new FashiondError(
    'corrupt',
    `model ${model.slice(0, 12)} answers wrongly of the ${picture}: ${fault}`,
    {
      hint: 'Its folder or its runtime is broken: import the model again, or train it anew.',
    },
  );
}
