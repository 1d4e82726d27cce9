/** `check-config`: reads a config with every file it names and says in one screen what it means. */
import { shippedModelPath } from '../config/assets.js';
import { effectiveValues, renderEffective } from '../config/effective.js';
import type { LoadedConfig } from '../config/load.js';
import type { Shop } from '../domain/shop.js';
import type { CliContext } from './context.js';

export interface CheckFlags {
  readonly json?: boolean;
  readonly printEffective?: boolean;
}

/** Shops listed before the rest is only counted: the summary is to fit one screen. */
const LISTED_SHOPS = 12;

/** Says what the loaded config means. */
export function checkConfig(loaded: LoadedConfig, flags: CheckFlags, context: CliContext): void {
  if (flags.printEffective === true) {
    const isJson = flags.json === true;
    context.print(
      isJson ? JSON.stringify(effectiveValues(loaded), null, 2) : renderEffective(loaded).trimEnd(),
    );
    return;
  }
  const model = loaded.config.model.path ?? shippedModelPath;
  if (flags.json === true) context.print(JSON.stringify(summaryOf(loaded, model), null, 2));
  else for (const line of describe(loaded, model)) context.print(line);
}

function summaryOf(loaded: LoadedConfig, model: string): Record<string, unknown> {
  return {
    path: loaded.path,
    store: loaded.config.store.path,
    blobs: loaded.config.store.blobs,
    model,
    categories: loaded.categories.length,
    contact: loaded.config.contact,
    shops: loaded.shops.map(({ id, name, schedule, timezone }) => ({ id, name, schedule, timezone })),
    missingSecrets: loaded.missingSecrets.map(({ file, line, path, message }) => ({
      file,
      line,
      path,
      message,
    })),
  };
}

function describe(loaded: LoadedConfig, model: string): string[] {
  const { config, shops, categories, missingSecrets } = loaded;
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
    ...(missingSecrets.length > 0 ? ['  not to be had here, and needed by the daemon:'] : []),
    ...missingSecrets.map(({ file, line, path, message }) => `    ${file}:${line}: ${path}: ${message}`),
  ];
}

function whenOf(shop: Shop): string {
  return shop.schedule === null ? 'by hand' : `${shop.schedule} (${shop.timezone})`;
}
