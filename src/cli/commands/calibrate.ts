/** `fashiond calibrate`. */
import { availableParallelism } from 'node:os';
import { LIMITS_PROMISE } from '../../learn/rejection/fit-limits.js';
import type { CalibrateFlags } from '../calibrate.js';
import type { RegisterCommand } from '../context.js';
import { split, unit, whole } from '../option-values.js';
import { withCalibrationOptions } from './calibration-options.js';

export const registerCalibrate: RegisterCommand = (program, context) => {
  const command = program
    .command('calibrate')
    .description('fit what a model refuses: thresholds that keep a promise, and what is out of its domain')
    .requiredOption('--model <folder>', 'model folder; its manifest and card are rewritten')
    .requiredOption('--data <folder>', 'data set that it was trained on')
    .option('--split <split>', 'pictures of it to fit to: train, validation or test', split, 'validation');
  withCalibrationOptions(command)
    .option('--promise <precision>', 'share of the accepted that is right', unit, 1 - LIMITS_PROMISE.risk)
    .option('--confidence <p>', 'confidence of that promise', unit, 1 - LIMITS_PROMISE.doubt)
    .option('--threads <n>', 'threads of one forward pass', whole(1), Math.min(2, availableParallelism()))
    .option('--json', 'machine-readable output')
    .action(async (flags: CalibrateFlags) => {
      const { calibrateFromFlags } = await import('../calibrate.js');
      await calibrateFromFlags(flags, context);
    });
};
