/** `fashiond dataset`: `generate` renders pictures; the others make, join and describe data sets. */
import { InvalidArgumentError } from 'commander';
import { renderDataset } from '../garments/dataset.js';
import type { Profile } from '../garments/spec.js';
import type { CliContext, RegisterCommand } from './context.js';
import { registerDatasetImport } from './dataset-import.js';
import { registerDatasetMerge } from './dataset-merge.js';
import { registerDatasetStats } from './dataset-stats.js';
import { whole } from './option-values.js';
import { progressOf } from './picture-progress.js';

interface GenerateFlags {
  readonly out: string;
  readonly perClass: number;
  readonly seed: number;
  readonly size: number;
  readonly profile: Profile;
}

export const registerDataset: RegisterCommand = (program, context) => {
  const dataset = program.command('dataset').description('make data sets for training');
  registerDatasetImport(dataset, context);
  registerDatasetMerge(dataset, context);
  registerDatasetStats(dataset, context);
  dataset
    .command('generate')
    .description('render pictures of garments, one folder per class')
    .requiredOption('--out <folder>', 'folder in which the class folders are made')
    .requiredOption('--per-class <n>', 'pictures of each class', whole(1, 1_000_000))
    .option('--seed <n>', 'decides every picture', whole(0, 2 ** 31), 1)
    .option('--size <px>', 'side of the square pictures', whole(16, 2048), 160)
    .option('--profile <name>', 'training, or held-out: partly other looks, for testing', profile, 'training')
    .action(async (flags: GenerateFlags) => generate(flags, context));
};

async function generate(flags: GenerateFlags, context: CliContext): Promise<void> {
  const progress = progressOf(context);
  const written = await renderDataset({ ...flags, signal: context.signal, onProgress: progress.show });
  progress.clear();
  context.print(`${written} pictures written to ${flags.out}`);
}

function profile(text: string): Profile {
  if (text === 'training' || text === 'held-out') return text;
  throw new InvalidArgumentError('expected training or held-out');
}
