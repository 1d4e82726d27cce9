/** `fashiond check-config`. */
import type { Command } from 'commander';
import type { CheckFlags } from '../check-config.js';
import { requiredConfig, withConfigOption } from '../config-option.js';
import type { RegisterCommand } from '../context.js';

export const registerCheckConfig: RegisterCommand = (program, context) => {
  const command: Command = withConfigOption(program.command('check-config'))
    .description('check a config and every file it names')
    .option('--json', 'machine-readable output')
    .option(
      '--print-effective',
      'print the config and shop files in force, every default included, with secrets hidden',
    )
    .action(async (flags: CheckFlags) => {
      const loaded = await requiredConfig(command);
      const { checkConfig } = await import('../check-config.js');
      checkConfig(loaded, flags, context);
    });
};
