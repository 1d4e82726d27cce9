/** `fashiond status`. */
import type { Command } from 'commander';
import { requiredConfig, withConfigOption } from '../config-option.js';
import type { RegisterCommand } from '../context.js';
import type { StatusFlags } from '../status.js';

export const registerStatus: RegisterCommand = (program, context) => {
  const command: Command = withConfigOption(program.command('status'))
    .description('say what runs, what waits, and how each shop is')
    .option('--json', 'machine-readable output')
    .option('--all', 'every shop, not only those that need somebody and a few more')
    .option(
      '--check',
      'end with exit code 1 when a shop of the config is red, no daemon runs, or the disk is nearly full, for monitoring',
    )
    .action(async (flags: StatusFlags) => {
      const loaded = await requiredConfig(command);
      const { printStatus } = await import('../status.js');
      await printStatus(loaded, flags, context);
    });
};
