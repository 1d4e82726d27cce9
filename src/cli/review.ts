/** `fashiond review`: what people answered, as a list and as pictures that `dataset import` takes. */
import { copyFile, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { FashiondError } from '../domain/errors.js';
import { PICTURE_LIST } from '../domain/picture-list.js';
import { createBlobStore } from '../images/blob-store.js';
import { sniffPicture } from '../images/sniff.js';
import { writeFileAtomic } from '../platform/atomic-file.js';
import { openReadOnly } from '../store/store.js';
import type { ReadOnlyStore } from '../store/store.js';
import { requiredConfig, withConfigOption } from './config-option.js';
import type { CliContext, RegisterCommand } from './context.js';
import { labelledPictures } from './labelled-pictures.js';
import type { LabelledPicture } from './labelled-pictures.js';
import { whole } from './option-values.js';
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

export const registerReview: RegisterCommand = (program, context) => {
  const review = program.command('review').description('what people answered in the review');
  const list: Command = withConfigOption(review.command('list'))
    .description('standing answers, the latest first')
    .option('--limit <n>', 'how many', whole(1, 1_000_000), 50)
    .option('--json', 'machine-readable output')
    .action(async (flags: { readonly limit: number; readonly json?: true }) => {
      const { config } = await requiredConfig(list);
      const labels = reading(config.store.path, (store) => store.query<ListedLabel>(STANDING, [flags.limit]));
      if (flags.json === true) context.print(JSON.stringify({ labels }, null, 2));
      else for (const label of labels) context.print(lineFor(label));
    });
  const out: Command = withConfigOption(review.command('export'))
    .description(
      'the pictures of labelled items in class folders, for dataset import; or the labels themselves',
    )
    .option('--out <folder>', 'folder in which the class folders are made')
    .option('--labels <file>', 'every label, as JSON Lines, for review import')
    .option('--json', 'machine-readable output')
    .action(async (flags: ExportFlags) => {
      const { config } = await requiredConfig(out);
      const { out: folder, labels } = flags;
      if (folder === undefined && labels === undefined) {
        throw new FashiondError('usage', 'it is not said where to', {
          hint: 'Add --out FOLDER for pictures, --labels FILE for labels.',
        });
      }
      if (labels !== undefined) {
        const written = await writeLabels(config.store.path, labels);
        if (flags.json === true) context.print(JSON.stringify({ file: labels, labels: written }));
        else context.print(`${written} labels written to ${labels}`);
      }
      if (folder === undefined) return;
      const pictures = reading(config.store.path, labelledPictures);
      await exportPictures(pictures, config.store.blobs, { ...flags, out: folder }, context);
    });
  const take: Command = withConfigOption(review.command('import'))
    .description('takes in labels of another catalogue, with who gave them and when; stop the daemon first')
    .argument('<file>', 'what review export --labels wrote')
    .option('--json', 'machine-readable output')
    .action(async (file: string, flags: { readonly json?: true }) => {
      const { config, categories } = await requiredConfig(take);
      const report = await readLabels(config.store.path, file, categories);
      if (flags.json === true) context.print(JSON.stringify(report));
      else {
        const { added, withdrawn, known, outdated, unknownItem } = report;
        context.print(
          `${added} labels added, ${withdrawn} taken back, ${known} were here, ${outdated} are older than what was ` +
            `said here since, ${unknownItem} are about items or pictures that are not here`,
        );
      }
    });
};

interface ExportFlags {
  readonly out?: string;
  readonly labels?: string;
  readonly json?: true;
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
