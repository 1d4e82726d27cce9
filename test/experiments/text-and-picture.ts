/**
 * `npm run experiment -- text-and-picture`: words alone, pictures alone and both together on the items of a real shop
 * whose words no model was trained on. Asks that both together name more items rightly than either alone.
 */
import { join } from 'node:path';
import { Command } from 'commander';
import { openClassifier } from '../../src/classifiers.js';
import type { CliContext } from '../../src/cli/context.js';
import { table } from '../../src/cli/text-table.js';
import { readCategories, seenAs } from '../../src/config/categories.js';
import { readSource } from '../../src/config/read-source.js';
import { configSchema } from '../../src/config/schema.js';
import type { Config } from '../../src/config/schema.js';
import type { Category } from '../../src/domain/category.js';
import { FashiondError } from '../../src/domain/errors.js';
import { isTextRefusal } from '../../src/domain/item-text.js';
import type { DecideItem } from '../../src/domain/ports.js';
import type { Prediction } from '../../src/domain/prediction.js';
import { share } from '../../src/learn/evaluation/share.js';
import { createLog } from '../../src/platform/log.js';
import { openWords } from '../../src/words.js';
import { percentInterval } from './figures-table.js';
import { photosFolder } from './photos.js';
import { shopItems } from './shop-items.js';
import type { ShopItem } from './shop-items.js';

interface Flags {
  readonly model: string;
  readonly text: string;
  readonly rejection: 'fixed' | 'calibrated';
  readonly report?: true;
}

/** An item with what each of the three decided. */
interface Decided {
  readonly item: ShopItem;
  readonly words: Prediction | null;
  readonly pictures: Prediction | null;
  readonly both: Prediction | null;
}

const DECIDERS = ['words', 'pictures', 'both'] as const;

export async function textAndPictureExperiment(args: readonly string[], context: CliContext): Promise<void> {
  const command = new Command('text-and-picture')
    .exitOverride()
    .option('--model <folder>', 'picture model', join('data', 'models', 'category'))
    .option('--text <folder>', 'text model', join('data', 'models', 'text'))
    .option('--rejection <rule>', 'fixed (above 0.9) or calibrated', 'fixed')
    .option('--report', 'say what is missed without an error');
  command.parse([...args], { from: 'user' });
  const flags = command.opts<Flags>();
  const images = photosFolder('text-and-picture', context);
  if (images === null) return;
  const items = await shopItems(join(images, '..'));
  const categories = await vocabulary();
  const config = configSchema.parse({});
  const model = { ...config.model, path: flags.model, text: flags.text, rejection: flags.rejection };
  const decided = await decideAll({ ...config, model }, categories, items);
  const kinds = seenAs(categories);
  const rows = DECIDERS.map((decider) => figuresOf(decided, decider, kinds));
  for (const line of table([
    [
      `${items.length} items, ${flags.rejection}`,
      'named rightly, of all',
      'precision',
      'coverage',
      'things accepted',
    ],
    ...rows.map((row, at) => [
      { words: 'words alone', pictures: 'pictures alone', both: 'words and pictures' }[
        DECIDERS[at] ?? 'both'
      ],
      percentInterval(row.right),
      percentInterval(row.precision),
      percentInterval(row.coverage),
      percentInterval(row.things),
    ]),
  ])) {
    context.print(line);
  }
  const [words, pictures, both] = rows.map(({ right }) => right.count);
  const isKept = (both ?? 0) > Math.max(words ?? 0, pictures ?? 0);
  const verdict = `words and pictures name ${both} rightly, words ${words}, pictures ${pictures}: ${isKept ? 'kept' : 'missed'}`;
  if (isKept || flags.report === true) context.print(verdict);
  else throw new FashiondError('refused', verdict);
}

/** npm runs experiments in the project's folder. */
async function vocabulary(): Promise<readonly Category[]> {
  const read = await readSource(join('config', 'categories.yaml'), {});
  if (!read.ok) throw new FashiondError('config', read.problem.message);
  return readCategories(read.source).categories;
}

async function decideAll(
  config: Config,
  categories: readonly Category[],
  items: readonly ShopItem[],
): Promise<Decided[]> {
  const log = createLog({ level: 'warn', format: 'json' });
  const classifier = await openClassifier(config, log);
  const { texts, deciderFor } = await openWords(config, categories, log);
  const decider = deciderFor(classifier.manifest);
  try {
    const read = await texts.classify(items.map(({ text }) => text));
    const seen = await Promise.all(
      items.map(({ pictures }) =>
        Promise.all(
          pictures.map(async (path) => {
            const outcome = await classifier.classify({ path });
            return outcome.kind === 'classified' ? [outcome.prediction] : [];
          }),
        ).then((found) => found.flat()),
      ),
    );
    const decide: DecideItem = decider.decide;
    return items.map((item, at) => {
      const words = read[at] ?? null;
      const pictures = seen[at] ?? [];
      return {
        item,
        words: decide([], words),
        pictures: decide(pictures, null),
        both: decide(pictures, words),
      };
    });
  } finally {
    await texts.close();
    await classifier.close();
  }
}

/** A picture model says long-sleeve of a hoodie, for it was taught no other word; that is right. */
function isRight(category: string, { truth }: ShopItem, kinds: ReadonlyMap<string, string>): boolean {
  return truth.some((one) => one === category || kinds.get(one) === category);
}

function figuresOf(
  decided: readonly Decided[],
  decider: (typeof DECIDERS)[number],
  kinds: ReadonlyMap<string, string>,
) {
  const isThing = ({ item }: Decided): boolean => item.truth.some(isTextRefusal);
  const garments = decided.filter((one) => !isThing(one));
  const things = decided.filter(isThing);
  const accepted = garments.flatMap((one) => {
    const category = one[decider]?.category ?? null;
    return category === null ? [] : [isRight(category, one.item, kinds)];
  });
  const right = accepted.filter(Boolean).length;
  const intruders = things.filter((one) => (one[decider]?.category ?? null) !== null).length;
  return {
    right: share(right, garments.length),
    precision: share(right, accepted.length + intruders),
    coverage: share(accepted.length, garments.length),
    things: share(intruders, things.length),
  };
}
