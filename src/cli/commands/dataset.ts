/** `fashiond dataset`: `generate` renders pictures; the others make, join and describe data sets. */
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { Profile } from '../../garments/spec.js';
import type { SplitShares } from '../../learn/dataset/deal.js';
import { MANIFEST_FIELDS } from '../../learn/dataset/manifest.js';
import type { CliContext, RegisterCommand } from '../context.js';
import type { GenerateFlags } from '../dataset-generate.js';
import type { ImportFlags } from '../dataset-import.js';
import type { MergeFlags } from '../dataset-merge.js';
import { leakRule, pairs, whole } from '../option-values.js';
import { columns, dealing, names, pattern, shares, splits } from './import-values.js';

const SHARES: SplitShares = { train: 80, validation: 10, test: 10 };

export const registerDataset: RegisterCommand = (program, context) => {
  const dataset = program.command('dataset').description('make data sets for training');
  registerImport(dataset, context);
  registerMerge(dataset, context);
  registerStats(dataset, context);
  registerGenerate(dataset, context);
};

function registerImport(dataset: Command, context: CliContext): void {
  dataset
    .command('import')
    .description('decode pictures, in one folder per class or listed in a CSV file, into a data set')
    .argument('[folder...]', 'holds class folders, or train/, validation/ and test/ with class folders')
    .option('--out <folder>', 'data set to write; needed unless it is a --dry-run')
    .option('--csv <file>', 'list of pictures with the columns path,class[,split][,contributor][,source]')
    .option(
      '--csv-columns <field=column,...>',
      `columns by other names, of ${MANIFEST_FIELDS.join(', ')}`,
      columns,
      new Map(),
    )
    .option(
      '--attributes <column,...>',
      'further columns of the CSV file that are kept with each picture; figures are broken down by them',
      names,
      [],
    )
    .option('--size <px>', 'side of the square pictures', whole(16, 512), 64)
    .option('--map <name=category>', 'class of a folder; "-" leaves it out; repeatable', pairs, new Map())
    .option(
      '--licence <source=name>',
      'licence of a source (its folder’s name); repeatable',
      pairs,
      new Map(),
    )
    .option(
      '--split <how>',
      'for pictures without a split: seeded, stratified (each class alike), train, validation or test',
      dealing,
      'seeded',
    )
    .option('--resplit <split,...>', 'deal these splits anew, whatever the folders say', splits, [])
    .option('--shares <t:v:t>', 'what train, validation and test get of a deal, as 60:10:30', shares, SHARES)
    .option('--group-by <regexp>', 'file names with the same first group stay in one split', pattern)
    .option('--seed <n>', 'decides the splits', whole(0, 2 ** 31), 1)
    .option('--leaks <how>', 'near duplicates in two splits: report, drop or move', leakRule, 'report')
    .option(
      '--reuse <folder>',
      'data set whose pixels are taken where the bytes are the same (default: --out)',
    )
    .option('--dry-run', 'show the preview and write nothing')
    .option('--json', 'the whole preview, machine-readable')
    .action(async (roots: string[], flags: ImportFlags) => {
      const { importPictures } = await import('../dataset-import.js');
      await importPictures(roots, flags, context);
    });
}

function registerMerge(dataset: Command, context: CliContext): void {
  dataset
    .command('merge')
    .description('join data sets of the same picture size into one; pictures keep their splits')
    .argument('<folder...>', 'data sets')
    .requiredOption('--out <folder>', 'data set to write')
    .option('--leaks <how>', 'near duplicates in two splits: report, drop or move', leakRule, 'report')
    .option('--json', 'the whole preview, machine-readable')
    .action(async (folders: [string, ...string[]], flags: MergeFlags) => {
      const { mergeFolders } = await import('../dataset-merge.js');
      await mergeFolders(folders, flags, context);
    });
}

function registerStats(dataset: Command, context: CliContext): void {
  dataset
    .command('stats')
    .description('describe a data set: classes, splits, sources, duplicates, groups, colours, backgrounds')
    .argument('<folder>', 'data set')
    .option('--json', 'machine-readable output')
    .action(async (folder: string, flags: { readonly json?: true }) => {
      const { printStats } = await import('../dataset-stats.js');
      await printStats(folder, flags, context);
    });
}

function registerGenerate(dataset: Command, context: CliContext): void {
  dataset
    .command('generate')
    .description('render pictures of garments, one folder per class')
    .requiredOption('--out <folder>', 'folder in which the class folders are made')
    .requiredOption('--per-class <n>', 'pictures of each class', whole(1, 1_000_000))
    .option('--seed <n>', 'decides every picture', whole(0, 2 ** 31), 1)
    .option('--size <px>', 'side of the square pictures', whole(16, 2048), 160)
    .option('--profile <name>', 'training, or held-out: partly other looks, for testing', profile, 'training')
    .action(async (flags: GenerateFlags) => {
      const { generatePictures } = await import('../dataset-generate.js');
      await generatePictures(flags, context);
    });
}

function profile(text: string): Profile {
  if (text === 'training' || text === 'held-out') return text;
  throw new InvalidArgumentError('expected training or held-out');
}
