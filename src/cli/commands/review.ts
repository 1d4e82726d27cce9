/** `fashiond review`. */
import type { Command } from 'commander';
import { FashiondError } from '../../domain/errors.js';
import { requiredConfig, withConfigOption } from '../config-option.js';
import type { RegisterCommand } from '../context.js';
import { whole } from '../option-values.js';
import type { ExportFlags, JsonFlag, ListFlags } from '../review.js';

export const registerReview: RegisterCommand = (program, context) => {
  const review = program.command('review').description('what people answered in the review');
  const list: Command = withConfigOption(review.command('list'))
    .description('standing answers, the latest first')
    .option('--limit <n>', 'how many', whole(1, 1_000_000), 50)
    .option('--json', 'machine-readable output')
    .action(async (flags: ListFlags) => {
      const { config } = await requiredConfig(list);
      const { listAnswers } = await import('../review.js');
      listAnswers(config, flags, context);
    });
  const out: Command = withConfigOption(review.command('export'))
    .description(
      'the pictures of labelled items in class folders, for dataset import; or the labels themselves',
    )
    .option('--out <folder>', 'folder in which the class folders are made')
    .option('--labels <file>', 'every label, as JSON Lines, for review import')
    .option('--json', 'machine-readable output')
    .action(async (flags: ExportFlags) => {
      const { config } = await requiredConfig(out);
      if (flags.out === undefined && flags.labels === undefined) {
        throw new FashiondError('usage', 'it is not said where to', {
          hint: 'Add --out FOLDER for pictures, --labels FILE for labels.',
        });
      }
      const { exportAnswers } = await import('../review.js');
      await exportAnswers(config, flags, context);
    });
  const take: Command = withConfigOption(review.command('import'))
    .description('takes in labels of another catalogue, with who gave them and when; stop the daemon first')
    .argument('<file>', 'what review export --labels wrote')
    .option('--json', 'machine-readable output')
    .action(async (file: string, flags: JsonFlag) => {
      const loaded = await requiredConfig(take);
      const { importAnswers } = await import('../review.js');
      await importAnswers(loaded, file, flags, context);
    });
};
