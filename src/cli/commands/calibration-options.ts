/** Options of the commands that fit what a model refuses. */
import type { Command } from 'commander';

export function withCalibrationOptions(command: Command): Command {
  return command
    .option(
      '--calibrate-on <folder...>',
      'data sets of shops that it never saw: the promise is kept for each of them, too. Their test pictures are left alone',
    )
    .option('--off-domain <folder>', 'pictures of other things, of which at most 5 % may be accepted');
}
