/** `fashiond similar ITEM|PICTURE`. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { requiredConfig, withConfigOption } from '../config-option.js';
import type { RegisterCommand } from '../context.js';
import type { SimilarFlags } from '../similar-filter.js';

export const registerSimilar: RegisterCommand = (program, context) => {
  const command: Command = withConfigOption(program.command('similar'))
    .description('find lookalikes of an item or a picture')
    .argument(
      '<item|picture>',
      "an item's id, SKU or URL, a picture file, or - for a picture on standard input",
    )
    .option(
      '--cheaper',
      'same category, in stock, same currency, below the price of the item (or --max-price)',
    )
    .option('--category <name>', 'only this category')
    .option('--in-stock', 'only what can be ordered')
    .option('--max-price <amount>', 'at most this much, in major units')
    .option('--min-price <amount>', 'at least this much, in major units')
    .option('--currency <code>', 'only prices in it, and that of the bounds; theirs is the item’s without it')
    .option('--shop <id>', 'only items of this shop')
    .option('--brand <name>', 'only this brand')
    .option('--colour <name>', 'only items mostly of this colour, such as navy')
    .option('--min-score <score>', 'leave out what scores less, 0 to 1')
    .option(
      '--weights <parts>',
      'how much parts count, such as colour=2,shape=0; the default is the config’s',
    )
    .addOption(
      new Option('--method <name>', 'what finds lookalikes').choices(['blend', 'dcgan']).default('blend'),
    )
    .option('--dcgan <folder>', 'what `train dcgan` wrote, for the method dcgan')
    .option('--limit <n>', 'how many', '10')
    .option('--json', 'machine-readable output')
    .action(async (reference: string, flags: SimilarFlags) => {
      const loaded = await requiredConfig(command);
      const { similar } = await import('../similar.js');
      await similar(loaded, reference, flags, context);
    });
};
