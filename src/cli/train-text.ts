/** `fashiond train text`: the model of words, and how it is joined with a picture model. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openClassifier } from '../classifiers.js';
import { categoryByName, seenAs } from '../config/categories.js';
import { readSource } from '../config/read-source.js';
import { configSchema } from '../config/schema.js';
import { validate } from '../config/validate.js';
import type { Category } from '../domain/category.js';
import { FashiondError } from '../domain/errors.js';
import type { PictureClassifier } from '../domain/ports.js';
import { renderGarment, garmentSpec } from '../garments/render.js';
import { GARMENT_KINDS } from '../garments/spec.js';
import { DEFAULT_PROMISE } from '../learn/rejection/guaranteed-threshold.js';
import { FIT_TEXT_DEFAULTS } from '../learn/text/fit-text.js';
import { fashionWordsSchema, lexiconEntries } from '../learn/text/lexicon-source.js';
import type { FashionWords } from '../learn/text/lexicon-source.js';
import { trainText } from '../learn/text/train-text.js';
import type { SeenPicture } from '../learn/text/train-text.js';
import { analyseJapanese } from '../model/text/morphology.js';
import { createLog } from '../platform/log.js';
import { seedOf } from '../platform/random.js';
import type { CliContext } from './context.js';
import { shippedCategories } from './shipped-categories.js';

export interface TrainTextFlags {
  readonly out: string;
  readonly name: string;
  readonly words: string;
  readonly texts: number;
  readonly seed: number;
  readonly pictureModel?: string;
  readonly pictures: readonly string[];
  readonly rendered: number;
}

const RENDERED_SIZE = { width: 300, height: 400 };
const VALIDATION_SHARE = 4;

export async function trainTextFromFlags(flags: TrainTextFlags, context: CliContext): Promise<void> {
  const categories = await shippedCategories();
  const entries = lexiconEntries(categories, await fashionWords(flags.words));
  const config = configSchema.parse({});
  const model = { ...config.model, path: flags.pictureModel ?? null, text: 'off' };
  const classifier = await openClassifier(
    { ...config, model },
    createLog({ level: 'silent', format: 'json' }),
  );
  try {
    const pictures = [
      ...(await renderedPictures(classifier, flags)),
      ...(await picturesOf(classifier, categories, flags.pictures)),
    ];
    context.note(`${pictures.length} pictures seen; fitting ${flags.texts} texts`);
    const trained = await trainText(
      {
        name: flags.name,
        out: flags.out,
        entries,
        analyse: remembered(),
        pictures,
        pictureModel: classifier.manifest,
        within: seenAs(categories),
        createdAt: new Date().toISOString(),
      },
      {
        ...FIT_TEXT_DEFAULTS,
        texts: flags.texts,
        validationTexts: Math.ceil(flags.texts / VALIDATION_SHARE),
        seed: flags.seed,
        promise: DEFAULT_PROMISE,
        onStep: (step, loss) => {
          if (step % 10 === 0) context.note(`step ${step}: loss ${loss.toFixed(4)}`);
        },
      },
    );
    const { weights, limits } = trained.joint;
    context.print(`${trained.data.features.length} features, ${trained.data.classes.length} classes`);
    context.print(
      `joined: text ${weights.text.toFixed(3)}, picture ${weights.picture.toFixed(3)}, unseen ${weights.unseen.toFixed(3)}; ` +
        `limits: text ${limits.text?.toFixed(3) ?? 'none'}, both ${limits.joint?.toFixed(3) ?? 'none'}`,
    );
    context.print(`model ${trained.fingerprint.slice(0, 12)} and card.md written to ${flags.out}`);
  } finally {
    await classifier.close();
  }
}

async function fashionWords(path: string): Promise<FashionWords> {
  const read = await readSource(path, {});
  if (!read.ok)
    throw new FashiondError('config', read.problem.message, { hint: 'name a YAML file with --words' });
  const result = validate(read.source, fashionWordsSchema);
  if (result.ok) return result.value;
  const [problem] = result.problems;
  throw new FashiondError('config', problem?.message ?? `${path} is not a list of fashion words`, {
    hint: 'see config/fashion-words.yaml for its shape',
  });
}

/** Rendered as for the demo shops: other seeds and partly other looks than any training picture has. */
async function renderedPictures(
  classifier: PictureClassifier,
  flags: TrainTextFlags,
): Promise<SeenPicture[]> {
  const seen: SeenPicture[] = [];
  for (const kind of GARMENT_KINDS) {
    for (let number = 0; number < flags.rendered; number += 1) {
      const spec = garmentSpec(kind, seedOf(flags.seed, 'joint', kind, number), 'held-out');
      const outcome = await classifier.predict({ bytes: await renderGarment(spec, RENDERED_SIZE) });
      if (outcome.kind === 'classified') seen.push({ category: kind, prediction: outcome.prediction });
    }
  }
  return seen;
}

/** Class folders by any name of a category; others are passed over. */
async function picturesOf(
  classifier: PictureClassifier,
  categories: readonly Category[],
  folders: readonly string[],
): Promise<SeenPicture[]> {
  const files: { readonly path: string; readonly category: string }[] = [];
  for (const folder of folders) {
    for (const { name } of (await readdir(folder, { withFileTypes: true })).filter((one) =>
      one.isDirectory(),
    )) {
      const category = categoryByName(categories, name)?.id;
      if (category === undefined) continue;
      const names = await readdir(join(folder, name));
      for (const file of names.sort()) files.push({ path: join(folder, name, file), category });
    }
  }
  const outcomes = await Promise.all(
    files.map(async ({ path, category }) => ({ category, outcome: await classifier.predict({ path }) })),
  );
  return outcomes.flatMap(({ category, outcome }) =>
    outcome.kind === 'classified' ? [{ category, prediction: outcome.prediction }] : [],
  );
}

/** The grammar repeats itself; each stretch of Japanese is analysed once. */
function remembered(): typeof analyseJapanese {
  const known = new Map<string, ReturnType<typeof analyseJapanese>>();
  return (text) => {
    const found = known.get(text) ?? analyseJapanese(text);
    known.set(text, found);
    return found;
  };
}
