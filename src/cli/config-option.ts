/** The options that most commands share: --config, and the file with the variables that it names. */
import type { Command } from 'commander';
import type { LoadedConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { FashiondError } from '../domain/errors.js';

interface GlobalOptions {
  readonly config?: string;
  readonly environmentFile?: string;
}

export function withConfigOption(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file')
    .option(
      '--environment-file <file>',
      'variables for it, as the service has them: NAME=value lines, values with # in quotes',
    );
}

/** Loads the file that --config names; a usage error without it. */
export async function requiredConfig(command: Command): Promise<LoadedConfig> {
  const given = await givenConfig(command);
  if (given === null) {
    throw new FashiondError('usage', `${command.name()} needs to know which configuration to use`, {
      hint: 'Add --config FILE, for example --config config/demo.yaml after a demo.',
    });
  }
  return given;
}

/** What the file that --config names holds, or null without it. */
export async function givenConfig(command: Command): Promise<LoadedConfig | null> {
  const { config, environmentFile } = command.optsWithGlobals<GlobalOptions>();
  if (environmentFile !== undefined) {
    const { readEnvironmentFile } = await import('../config/environment-file.js');
    readEnvironmentFile(environmentFile);
  }
  if (config === undefined) return null;
  // Schemas and YAML are loaded when a file is read.
  const { loadConfig } = await import('../config/load.js');
  return loadConfig(config);
}

/** The settings of the file that --config names, or the defaults without it. */
export async function optionalConfig(command: Command): Promise<Config> {
  const given = await givenConfig(command);
  if (given !== null) return given.config;
  const { configSchema } = await import('../config/schema.js');
  return configSchema.parse({});
}
