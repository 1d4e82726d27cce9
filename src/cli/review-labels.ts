/** Labels as JSON Lines: what `review export --labels` writes and `review import` takes. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Config } from '../config/schema.js';
import type { Category } from '../domain/category.js';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { ExchangedLabel, ImportedLabels } from '../domain/review.js';
import { writeFileAtomic } from '../platform/atomic-file.js';
import { createLog } from '../platform/log.js';
import { openReadOnly, openStore } from '../store/store.js';

const time = z.iso.datetime();
const line = z
  .strictObject({
    shop: z.string().nullable(),
    url: z.string().nullable(),
    sku: z.string().nullable(),
    picture: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullable(),
    verdict: z.enum(['category', 'none', 'bad-picture']),
    category: z.string().nullable(),
    sample: z.enum(['uncertain', 'random']).nullable(),
    labelled_by: z.string().min(1).max(64),
    at: time,
    withdrawn_by: z.string().min(1).max(64).nullable(),
    withdrawn_at: time.nullable(),
  })
  .refine(({ verdict, category }) => (verdict === 'category') === (category !== null), {
    error: 'a category goes with the verdict category, and with no other',
  })
  .refine(({ withdrawn_by: by, withdrawn_at: at }) => (by === null) === (at === null), {
    error: 'withdrawn_by and withdrawn_at go together',
  });

/** Returns how many were written. */
export async function writeLabels(database: string, path: string): Promise<number> {
  const store = openReadOnly(database);
  try {
    const labels = store.exchangedLabels();
    await writeFileAtomic(path, labels.map((label) => `${JSON.stringify(label)}\n`).join(''));
    return labels.length;
  } finally {
    store.close();
  }
}

/** All of the file, or nothing of it. Throws FashiondError `usage` that names the first line that is wrong. */
export async function readLabels(
  database: Pick<Config['store'], 'path' | 'disk_floor'>,
  path: string,
  categories: readonly Category[],
): Promise<ImportedLabels> {
  const known = new Set<string>(categories.map(({ id }) => id));
  const labels: ExchangedLabel[] = [];
  let number = 0;
  try {
    for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      number += 1;
      if (text.trim() !== '') labels.push(labelOf(text, `${path}:${number}`, known));
    }
  } catch (error) {
    if (error instanceof FashiondError) throw error;
    throw new FashiondError('not-found', `cannot read ${path}: ${messageOf(error)}`, {
      hint: 'Name a file that `fashiond review export --labels FILE` made.',
      cause: error,
    });
  }
  const log = createLog({ level: 'silent', format: 'json' });
  const store = openStore(database.path, { log, diskFloor: database.disk_floor });
  try {
    return store.reviews.import(labels);
  } finally {
    store.close();
  }
}

function labelOf(text: string, where: string, categories: ReadonlySet<string>): ExchangedLabel {
  const result = line.safeParse(parsed(text, where));
  if (!result.success) {
    const [issue] = result.error.issues;
    const what = [issue?.path.join('.') ?? '', issue?.message ?? ''].filter((part) => part !== '').join(': ');
    throw new FashiondError('usage', `${where} is no label: ${what}`, {
      hint: 'A label a line, as `fashiond review export --labels FILE` writes them. Nothing was taken in.',
    });
  }
  const label = result.data as ExchangedLabel;
  if (label.category !== null && !categories.has(label.category)) {
    throw new FashiondError('usage', `${where}: there is no category ${label.category}`, {
      hint: 'Categories are listed in config/categories.yaml. Nothing was taken in.',
    });
  }
  return label;
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FashiondError('usage', `${where} is no JSON: ${messageOf(error)}`, {
      hint: 'Nothing was taken in.',
      cause: error,
    });
  }
}
