/** The --config option that most commands share. */
import type { Command } from 'commander';
import type { LoadedConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { FashiondError } from '../domain/errors.js';

interface GlobalOptions {
  readonly config?: string;
}

export function withConfigOption(command: Command): Command {
  return command.option('--config <file>', 'configuration file');
}

/** Loads the file that --config names; a usage error without it. */
export async function requiredConfig(command: Command): Promise<LoadedConfig> {
  const { config } = command.optsWithGlobals<GlobalOptions>();
  if (config === undefined) {
    throw new FashiondError('usage', `${command.name()} needs to know which configuration to use`, {
      hint: 'Add --config FILE, for example --config config/demo.yaml after a demo.',
    });
  }
  return loaded(config);
}

/** What the file that --config names holds, or null without it. */
export async function givenConfig(command: Command): Promise<LoadedConfig | null> {
  const { config } = command.optsWithGlobals<GlobalOptions>();
  return config === undefined ? null : loaded(config);
}

/** The settings of the file that --config names, or the defaults without it. */
export async function optionalConfig(command: Command): Promise<Config> {
  const given = await givenConfig(command);
  if (given !== null) return given.config;
  const { configSchema } = await import('../config/schema.js');
  return configSchema.parse({});
}

/** Schemas and YAML are loaded when a file is read. */
async function loaded(path: string): Promise<LoadedConfig> {
  const { loadConfig } = await import('../config/load.js');
  return loadConfig(path);
}
