/** `fashiond crawl [--shop ID] --once`. */
import type { Command } from 'commander';
import { FashiondError } from '../../domain/errors.js';
import { requiredConfig, withConfigOption } from '../config-option.js';
import type { RegisterCommand } from '../context.js';
import type { CrawlFlags } from '../crawl.js';

export const registerCrawl: RegisterCommand = (program, context) => {
  const command: Command = withConfigOption(program.command('crawl'))
    .description('crawl one shop, or all, once and now')
    .option('--shop <id>', 'only this shop')
    .option('--all', 'visit every known page, not only those that are due')
    .option('--once', 'end when every page is visited and every picture classified (required)')
    .action(async (flags: CrawlFlags) => {
      if (flags.once !== true) {
        throw new FashiondError('usage', 'crawl runs once: say --once', {
          hint: 'For a crawl on schedule, run the daemon: fashiond --config FILE.',
        });
      }
      const loaded = await requiredConfig(command);
      const { crawlOnce } = await import('../crawl.js');
      await crawlOnce(loaded, flags, context);
    });
};
