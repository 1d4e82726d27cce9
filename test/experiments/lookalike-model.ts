/**
 * `npm run experiment -- lookalike-model`: how a lookalike model like the one that ships is made. Garments are drawn
 * three times each, in other poses, light and grounds; with them go photos, each altered twice, and one half of the
 * shop's products. The category model's weights are the start, at 64 pixels. The metric is fitted to garments that the
 * network never saw.
 */
import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CliContext } from '../../src/cli/context.js';
import { whole } from '../../src/cli/option-values.js';
import { garmentSpec, renderGarment, withScene } from '../../src/garments/render.js';
import { GARMENT_KINDS } from '../../src/garments/spec.js';
import { seedOf } from '../../src/platform/random.js';
import { fashiond } from './fashiond.js';
import { garmentFacts } from './garment-facts.js';
import { shopTruth } from './lookalike-truths.js';
import { photosFolder } from './photos.js';
import { experimentCommand, workFolder } from './work-folder.js';

interface Flags {
  readonly work: string;
  readonly garments: number;
  readonly fresh: number;
  readonly epochs: number;
}

const SIZES = [
  [160, 200],
  [160, 200],
  [200, 200],
  [150, 200],
] as const;
/** Numbers of garments that the network never sees begin here. */
const FRESH_FROM = 20_000;

export async function lookalikeModelExperiment(args: readonly string[], context: CliContext): Promise<void> {
  const command = experimentCommand(
    'lookalike-model',
    'makes a lookalike model from rendered pictures and photos',
  )
    .option('--garments <n>', 'rendered garments, three pictures each', whole(100), 15_745)
    .option('--fresh <n>', 'garments the metric is fitted to, two pictures each', whole(100), 2000)
    .option('--epochs <n>', 'passes over the garments', whole(1), 13);
  command.parse([...args], { from: 'user' });
  const flags = command.opts<Flags>();
  const images = photosFolder('lookalike-model', context);
  if (images === null) return;
  const folder = workFolder(flags.work, context);
  const pairs = join(folder, 'lookalike-pairs');
  const taught = await rendered(pairs, 'rendered', [0, flags.garments], 3, context);
  const fresh = await rendered(pairs, 'fresh', [FRESH_FROM, FRESH_FROM + flags.fresh], 2, context);
  const photos = await photoTruth(pairs, images);
  const model = join(folder, 'lookalike');
  const start = ['--from', join('data', 'models', 'category'), '--epochs', String(flags.epochs), '--resume'];
  await fashiond(context, 'train', 'lookalike', '--truth', taught, photos, '--out', model, ...start);
  await fashiond(context, 'search', 'metric', '--truth', fresh, '--model', model);
}

/** Garments by number, each drawn so many times; what is there from an earlier run stays. */
async function rendered(
  folder: string,
  name: string,
  [from, to]: readonly [number, number],
  times: number,
  { signal, note }: CliContext,
): Promise<string> {
  await mkdir(join(folder, name), { recursive: true });
  const lines: string[] = [];
  for (let number = from; number < to; number += 1) {
    signal.throwIfAborted();
    if (number % 1000 === 0) note(`${name}: ${number - from} of ${to - from} garments`);
    const kind = GARMENT_KINDS[number % GARMENT_KINDS.length]!;
    const spec = garmentSpec(kind, 1_000_000 + number, 'training');
    const facts = garmentFacts(spec.garment).map((fact) => (fact === null ? null : Number(fact.toFixed(3))));
    for (let time = 0; time < times; time += 1) {
      const path = join(name, `${number}-${time}.jpg`);
      const shown = time === 0 ? spec : withScene(spec, 3_000_000 + 3 * number + time);
      const [width, height] = times === 3 ? SIZES[(number + time) % SIZES.length]! : SIZES[0];
      if (!(await exists(join(folder, path)))) {
        await writeFile(join(folder, path), await renderGarment(shown, { width, height }));
      }
      lines.push(JSON.stringify({ path, group: String(number), category: kind, facts }));
    }
  }
  const file = join(folder, `${name}.jsonl`);
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

/** Every other training photo by itself, and the half of the shop's products that `search tune` fits to first. */
async function photoTruth(folder: string, images: string): Promise<string> {
  const shop = await shopTruth(images);
  const counts = new Map<string, number>();
  for (const { group } of shop) counts.set(group, (counts.get(group) ?? 0) + 1);
  const products = [...counts]
    .flatMap(([group, count]) => (count > 1 ? [group] : []))
    .sort((one, other) => seedOf(1, 'halves', one) - seedOf(1, 'halves', other));
  const half = new Set(products.slice(0, products.length / 2));
  const lines = shop.filter(({ group }) => half.has(group)).map((line) => JSON.stringify(line));
  let number = 0;
  for (const set of ['clothing', 'clothing-extra']) {
    const split = join(images, set, 'train');
    for (const name of (await readdir(split)).toSorted()) {
      for (const picture of (await readdir(join(split, name))).toSorted()) {
        const path = join(split, name, picture);
        if (number % 2 === 0) lines.push(JSON.stringify({ path, group: path, category: `photo ${name}` }));
        number += 1;
      }
    }
  }
  const file = join(folder, 'photos.jsonl');
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
