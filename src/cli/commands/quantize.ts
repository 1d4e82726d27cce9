/** `fashiond quantize`. */
import { availableParallelism } from 'node:os';
import type { RegisterCommand } from '../context.js';
import { atLeastZero, whole } from '../option-values.js';
import type { QuantizeFlags } from '../quantize.js';
import { withCalibrationOptions } from './calibration-options.js';

export const registerQuantize: RegisterCommand = (program, context) => {
  const command = program
    .command('quantize')
    .description('make a model serve in int8, unless it then names too many validation pictures worse')
    .argument('<model>', 'model folder, made by `fashiond train category`')
    .requiredOption('--data <folder>', 'data set that it was trained on')
    .requiredOption('--out <folder>', 'model folder to write')
    .option('--max-loss <points>', 'percentage points of top-1 that may be lost', atLeastZero, 0.5);
  withCalibrationOptions(command)
    .option(
      '--threads <n>',
      'threads that look for ranges and fit limits',
      whole(1),
      Math.min(2, availableParallelism()),
    )
    .option('--json', 'machine-readable output')
    .action(async (model: string, flags: QuantizeFlags) => {
      const { quantizeFromFlags } = await import('../quantize.js');
      await quantizeFromFlags(model, flags, context);
    });
};
