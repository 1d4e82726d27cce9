/** `check-config`: reads a config with every file it names and says in one screen what it means. */
import type { Command } from 'commander';
import { shippedModelPath } from '../config/assets.js';
import { renderEffective } from '../config/effective.js';
import type { LoadedConfig } from '../config/load.js';
import type { Shop } from '../domain/shop.js';
import { requiredConfig, withConfigOption } from './config-option.js';
import type { RegisterCommand } from './context.js';

/** Shops listed before the rest is only counted: the summary is to fit one screen. */
const LISTED_SHOPS = 12;

export const registerCheckConfig: RegisterCommand = (program, context) => {
  const command: Command = withConfigOption(program.command('check-config'))
    .description('check a config and every file it names')
    .option('--json', 'machine-readable output')
    .option('--print-effective', 'print the config in force, every default included, with secrets hidden')
    .action(async (options: { readonly json?: boolean; readonly printEffective?: boolean }) => {
      const loaded = await requiredConfig(command);
      if (options.printEffective === true) {
        context.print(renderEffective(loaded.config).trimEnd());
        return;
      }
      const model = loaded.config.model.path ?? shippedModelPath;
      if (options.json === true) context.print(JSON.stringify(summaryOf(loaded, model), null, 2));
      else for (const line of describe(loaded, model)) context.print(line);
    });
};

function summaryOf(loaded: LoadedConfig, model: string): Record<string, unknown> {
  return {
    path: loaded.path,
    store: loaded.config.store.path,
    blobs: loaded.config.store.blobs,
    model,
    categories: loaded.categories.length,
    contact: loaded.config.contact,
    shops: loaded.shops.map(({ id, name, schedule, timezone }) => ({ id, name, schedule, timezone })),
  };
}

function describe(loaded: LoadedConfig, model: string): string[] {
  const { config, shops, categories } = loaded;
  const listed = shops.slice(0, LISTED_SHOPS);
  const width = Math.max(0, ...listed.map((shop) => shop.id.length));
  const rest = shops.length - listed.length;
  return [
    `${loaded.path} is good`,
    `  store       ${config.store.path}`,
    `  pictures    ${config.store.blobs}`,
    `  model       ${model}`,
    `  categories  ${categories.length}`,
    `  contact     ${config.contact ?? 'none (loopback only)'}`,
    `  shops       ${shops.length}`,
    ...listed.map((shop) => `    ${shop.id.padEnd(width)}  ${whenOf(shop)}  ${shop.scope.hosts.join(', ')}`),
    ...(rest > 0 ? [`    and ${rest} more`] : []),
  ];
}

function whenOf(shop: Shop): string {
  return shop.schedule === null ? 'by hand' : `${shop.schedule} (${shop.timezone})`;
}
