/** `fashiond inspect URL|FILE`. */
import type { Command } from 'commander';
import { givenConfig, withConfigOption } from '../config-option.js';
import type { RegisterCommand } from '../context.js';
import type { InspectFlags } from '../inspect.js';

export const registerInspect: RegisterCommand = (program, context) => {
  const command: Command = withConfigOption(program.command('inspect'))
    .description('show what would be read of a page, from where, and what is missing')
    .argument('<url-or-file>', 'a page of a shop, or a saved one')
    .option('--url <base>', 'where a saved page came from')
    .option(
      '--shop <file>',
      "a shop file, or with --config a shop's id: its selectors, currency and scope apply",
    )
    .option('--suggest <file>', 'JSON of expected values: propose CSS selectors for what does not read so')
    .option('--expect <field=value...>', 'the same, value by value')
    .option('--json', 'machine-readable output')
    .action(async (target: string, flags: InspectFlags) => {
      const loaded = await givenConfig(command);
      const { inspect } = await import('../inspect.js');
      await inspect(target, flags, loaded, context);
    });
};
