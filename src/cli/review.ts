/** `fashiond review`: what people answered, as a list and as pictures that `dataset import` takes. */
import { copyFile, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadedConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { FashiondError } from '../domain/errors.js';
import { PICTURE_LIST } from '../domain/picture-list.js';
import { createBlobStore } from '../images/blob-store.js';
import { sniffPicture } from '../images/sniff.js';
import { writeFileAtomic } from '../platform/atomic-file.js';
import { openReadOnly } from '../store/store.js';
import type { ReadOnlyStore } from '../store/store.js';
import type { CliContext } from './context.js';
import { labelledPictures } from './labelled-pictures.js';
import type { LabelledPicture } from './labelled-pictures.js';
import { readLabels, writeLabels } from './review-labels.js';

interface ListedLabel {
  readonly label: number;
  readonly product_id: number | null;
  readonly picture: string | null;
  readonly verdict: string;
  readonly category: string | null;
  readonly sample: string | null;
  readonly labelled_by: string;
  readonly at: string;
}

/** Standing answers, the latest first. */
const STANDING = `
  SELECT label, product_id, picture, verdict, category, sample, labelled_by, at FROM v_labels
  WHERE withdrawn_at IS NULL ORDER BY label DESC LIMIT ?`;

export interface JsonFlag {
  readonly json?: true;
}

export interface ListFlags extends JsonFlag {
  readonly limit: number;
}

export interface ExportFlags extends JsonFlag {
  readonly out?: string;
  readonly labels?: string;
}

export function listAnswers({ store: { path } }: Config, flags: ListFlags, context: CliContext): void {
  const labels = reading(path, (store) => store.query<ListedLabel>(STANDING, [flags.limit]));
  if (flags.json === true) context.print(JSON.stringify({ labels }, null, 2));
  else for (const label of labels) context.print(lineFor(label));
}

export async function exportAnswers(config: Config, flags: ExportFlags, context: CliContext): Promise<void> {
  const { out, labels } = flags;
  const { path, blobs } = config.store;
  if (labels !== undefined) {
    const written = await writeLabels(path, labels);
    if (flags.json === true) context.print(JSON.stringify({ file: labels, labels: written }));
    else context.print(`${written} labels written to ${labels}`);
  }
  if (out === undefined) return;
  await exportPictures(reading(path, labelledPictures), blobs, { ...flags, out }, context);
}

export async function importAnswers(
  { config, categories }: LoadedConfig,
  file: string,
  flags: JsonFlag,
  context: CliContext,
): Promise<void> {
  const report = await readLabels(config.store, file, categories);
  if (flags.json === true) {
    context.print(JSON.stringify(report));
    return;
  }
  const { added, withdrawn, known, outdated, unknownItem } = report;
  context.print(
    `${added} labels added, ${withdrawn} taken back, ${known} were here, ${outdated} are older than what was ` +
      `said here since, ${unknownItem} are about items or pictures that are not here`,
  );
}

function reading<T>(path: string, work: (store: ReadOnlyStore) => T): T {
  const store = openReadOnly(path);
  try {
    return work(store);
  } finally {
    store.close();
  }
}

function lineFor(label: ListedLabel): string {
  const what =
    label.product_id === null ? `picture ${label.picture?.slice(0, 12)}` : `item ${label.product_id}`;
  const said = label.category ?? label.verdict;
  const why = label.sample === null ? '' : ` (${label.sample})`;
  return `${label.label}  ${label.at}  ${what}: ${said} by ${label.labelled_by}${why}`;
}

async function exportPictures(
  pictures: readonly LabelledPicture[],
  blobs: string,
  flags: { readonly out: string; readonly json?: true },
  context: CliContext,
): Promise<void> {
  if (pictures.length === 0) {
    throw new FashiondError('not-found', 'no item has been given a category by a person', {
      hint: 'Label some on the page /review, or with POST /v1/labels.',
    });
  }
  const files = createBlobStore(blobs);
  const lines: string[] = [];
  let missing = 0;
  for (const one of pictures) {
    const extension = await extensionOf(files.pathOf(one.picture));
    if (extension === null) {
      missing += 1;
      continue;
    }
    const name = `${one.category}/${one.picture}.${extension}`;
    await mkdir(join(flags.out, one.category), { recursive: true });
    await copyFile(files.pathOf(one.picture), join(flags.out, name));
    const { category, shop, item, labelled_by: by, at, sample } = one;
    lines.push([name, category, shop, item, by, at, sample ?? ''].map(csvField).join(','));
  }
  const header = 'path,class,shop,item,labelled_by,labelled_at,sample';
  await mkdir(flags.out, { recursive: true });
  await writeFileAtomic(join(flags.out, PICTURE_LIST), `${[header, ...lines].join('\n')}\n`);
  const classes = new Set(pictures.map(({ category }) => category)).size;
  if (flags.json === true) {
    context.print(JSON.stringify({ out: flags.out, pictures: lines.length, classes, missing }, null, 2));
    return;
  }
  context.print(`${lines.length} pictures of ${classes} classes written to ${flags.out}`);
  if (missing > 0) context.note(`${missing} pictures are not in ${blobs} any more`);
}

/** By the first bytes; null for a file that is not there. */
async function extensionOf(path: string): Promise<string | null> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return null;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    const sniffed = sniffPicture(buffer.subarray(0, bytesRead));
    if (sniffed.kind !== 'picture') return null;
    return sniffed.format === 'jpeg' ? 'jpg' : sniffed.format;
  } finally {
    await file.close();
  }
}

function csvField(value: string | number): string {
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
