/** `fashiond evaluate`. */
import { availableParallelism } from 'node:os';
import { DEFAULT_PROMISE } from '../../learn/rejection/guaranteed-threshold.js';
import type { RegisterCommand } from '../context.js';
import type { EvaluateFlags } from '../evaluate.js';
import { split, unit, whole } from '../option-values.js';

export const registerEvaluate: RegisterCommand = (program, context) => {
  program
    .command('evaluate')
    .description('say how good a model is: accuracy, precision and coverage, calibration, mistakes')
    .requiredOption('--model <folder>', 'model folder, of a network or of HOG + SVM')
    .requiredOption('--data <folder>', 'data set, made by `fashiond dataset import`')
    .option('--split <split>', 'train, validation or test', split, 'test')
    .option('--threshold <p>', 'probabilities above it are accepted; the default is the model’s own', unit)
    .option('--off-domain <folder>', 'pictures of other things, of which none should be accepted')
    .option('--backgrounds', 'judge the pictures on other grounds as well, and say how far accuracy falls')
    .option(
      '--promise <precision>',
      'precision to promise for each class’s own threshold',
      unit,
      1 - DEFAULT_PROMISE.risk,
    )
    .option('--confidence <p>', 'confidence of that promise', unit, 1 - DEFAULT_PROMISE.doubt)
    .option('--compare <folder>', 'a second model, side by side on the same pictures')
    .option('--out <folder>', 'write report.html, its plots and report.json there')
    .option('--json', 'machine-readable output')
    .option('--threads <n>', 'threads of one forward pass', whole(1), Math.min(2, availableParallelism()))
    .action(async (flags: EvaluateFlags) => {
      const { evaluateFromFlags } = await import('../evaluate.js');
      await evaluateFromFlags(flags, context);
    });
};
