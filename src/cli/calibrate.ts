/** `fashiond calibrate`: fits what a model refuses, without training it. */
import { availableParallelism } from 'node:os';
import { readDataset } from '../learn/dataset/dataset.js';
import type { Split } from '../learn/dataset/dataset.js';
import { LIMITS_PROMISE } from '../learn/rejection/fit-limits.js';
import { calibrateFolder, limitLines, OTHER_SHOPS, readDatasets } from './calibrate-folder.js';
import type { CliContext, RegisterCommand } from './context.js';
import { split, unit, whole } from './option-values.js';

interface CalibrateFlags {
  readonly model: string;
  readonly data: string;
  readonly calibrateOn?: readonly string[];
  readonly split: Split;
  readonly offDomain?: string;
  readonly promise: number;
  readonly confidence: number;
  readonly threads: number;
  readonly json?: true;
}

export const registerCalibrate: RegisterCommand = (program, context) => {
  program
    .command('calibrate')
    .description('fit what a model refuses: thresholds that keep a promise, and what is out of its domain')
    .requiredOption('--model <folder>', 'model folder; its manifest and card are rewritten')
    .requiredOption('--data <folder>', 'data set that it was trained on')
    .option('--split <split>', 'pictures of it to fit to: train, validation or test', split, 'validation')
    .option('--calibrate-on <folder...>', OTHER_SHOPS)
    .option('--off-domain <folder>', 'pictures of other things, of which at most 5 % may be accepted')
    .option('--promise <precision>', 'share of the accepted that is right', unit, 1 - LIMITS_PROMISE.risk)
    .option('--confidence <p>', 'confidence of that promise', unit, 1 - LIMITS_PROMISE.doubt)
    .option('--threads <n>', 'threads of one forward pass', whole(1), Math.min(2, availableParallelism()))
    .option('--json', 'machine-readable output')
    .action(async (flags: CalibrateFlags) => calibrateFromFlags(flags, context));
};

async function calibrateFromFlags(flags: CalibrateFlags, context: CliContext): Promise<void> {
  const manifest = await calibrateFolder(flags.model, {
    ...flags,
    data: await readDataset(flags.data),
    others: await readDatasets(flags.calibrateOn ?? []),
    promised: { risk: 1 - flags.promise, doubt: 1 - flags.confidence },
  });
  if (flags.json === true) {
    const { fingerprint, typicality, rejection } = manifest;
    context.print(JSON.stringify({ fingerprint, typicality, rejection }, null, 2));
    return;
  }
  for (const line of limitLines(manifest)) context.print(line);
  context.print(`limits written to ${flags.model}; fingerprint ${manifest.fingerprint}`);
}
