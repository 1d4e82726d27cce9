/** `fashiond classify PICTURE...`. */
import type { Command } from 'commander';
import { FashiondError } from '../../domain/errors.js';
import type { ClassifyFlags } from '../classify.js';
import { givenConfig, withConfigOption } from '../config-option.js';
import type { RegisterCommand } from '../context.js';

export const registerClassify: RegisterCommand = (program, context) => {
  const command: Command = withConfigOption(program.command('classify'))
    .description('say what is on pictures, or what an item is from its words and pictures')
    .argument('[picture...]', 'JPEG, PNG or WebP files; with --title, of one item, the main one first')
    .option('--title <text>', 'title of the item')
    .option('--description <text>', 'its description')
    .option('--breadcrumbs <path>', 'where the shop keeps it, such as "Women > Knitwear"')
    .option(
      '--model <folder>',
      'model folder; the default is the one that is served, or without a config the one that ships',
    )
    .option('--json', 'machine-readable output')
    .action(async (paths: string[], flags: ClassifyFlags) => {
      checkFlags(paths, flags);
      const given = await givenConfig(command);
      const { classify } = await import('../classify.js');
      await classify(paths, flags, given, context);
    });
};

function checkFlags(paths: readonly string[], flags: ClassifyFlags): void {
  if (paths.length > 0 || flags.title !== undefined) {
    if (flags.title !== undefined || (flags.description ?? flags.breadcrumbs) === undefined) return;
    throw new FashiondError('usage', '--description and --breadcrumbs need a --title', {
      hint: 'Add --title TEXT.',
    });
  }
  throw new FashiondError('usage', 'there is neither a picture nor a title to classify', {
    hint: 'Name picture files, or give --title TEXT.',
  });
}
