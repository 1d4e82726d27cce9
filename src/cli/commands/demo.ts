/** `fashiond demo`. */
import { join } from 'node:path';
import { packageRoot } from '../../config/assets.js';
import type { RegisterCommand } from '../context.js';
import type { DemoFlags } from '../demo.js';
import { whole } from '../option-values.js';

/** The shops take this port and the next one when they are free: links stay the same from one start to the next. */
const USUAL_PORT = 8471;

export const registerDemo: RegisterCommand = (program, context) => {
  program
    .command('demo')
    .description('crawl two demo shops on this machine and show what comes out')
    .option('--once', 'end after the summary instead of serving until Ctrl-C')
    .option('--pictures <folder>', 'sell these pictures (one folder per class) instead of rendered garments')
    .option('--products <n>', 'products of each shop', whole(1), 160)
    .option('--seed <n>', 'decides what the shops sell', whole(0), 1)
    .option(
      '--port <n>',
      'the shops take this port and the next when both are free',
      whole(1, 65_534),
      USUAL_PORT,
    )
    .option('--data <folder>', 'where the catalogue is kept', join(packageRoot, 'data'))
    .option('--verbose', 'log every page and picture')
    .action(async (flags: DemoFlags) => {
      const { demo } = await import('../demo.js');
      await demo(flags, context);
    });
};
