/**
 * A config file and everything it names -> one frozen, checked value.
 *
 * Nothing is thrown before every file has been looked at: a `ConfigError` lists all problems at once.
 * Relative paths count from the folder of the file they stand in.
 */
import { access } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Category } from '../domain/category.js';
import type { Shop } from '../domain/shop.js';
import { readApiAccess, withoutSecrets } from './api-access.js';
import type { AccessToken } from './api-access.js';
import { shippedCategoriesPath } from './assets.js';
import { readCategories } from './categories.js';
import type { Environment } from './environment.js';
import { withPathsFrom } from './file-path.js';
import { withIncludes } from './include.js';
import { ConfigError, isFault } from './problems.js';
import type { ConfigProblem } from './problems.js';
import { expandEntry, readSource } from './read-source.js';
import { configSchema, shopSchema } from './schema.js';
import type { Config, ShopFile } from './schema.js';
import { withSecrets } from './secret-file.js';
import { checkShop } from './shop-rules.js';
import { toShop } from './to-shop.js';
import { validate } from './validate.js';
import type { YamlSource } from './yaml-source.js';

export interface LoadedConfig {
  /** Absolute. */
  readonly path: string;
  readonly config: Config;
  readonly shops: readonly Shop[];
  /** What their files say, defaults included, in the same order. */
  readonly shopFiles: readonly LoadedShopFile[];
  readonly categories: readonly Category[];
  /** Who may use the API; empty where everybody on this machine may. */
  readonly tokens: readonly AccessToken[];
  /** Secrets that are not to be had here; see `requireSecrets`. */
  readonly missingSecrets: readonly ConfigProblem[];
}

interface LoadedShopFile {
  /** Absolute. */
  readonly path: string;
  readonly settings: ShopFile;
}

/** Throws `ConfigError` with every problem but missing secrets. */
export async function loadConfig(
  path: string,
  environment: Environment = process.env,
): Promise<LoadedConfig> {
  const file = resolve(path);
  const problems: ConfigProblem[] = [];
  const read = await readSource(file, environment);
  if (!read.ok) throw new ConfigError([read.problem]);
  const source = await withIncludes(emptyIsDefaults(read.source), environment, problems);
  problems.push(...source.problems);
  const result = validate(source, configSchema);
  if (!result.ok) problems.push(...result.problems);
  // A config with a slip elsewhere still says which shops it means: their problems are shown as well.
  const config = result.ok ? result.value : result.remainder;
  if (config === null) throw new ConfigError(inOrder(problems));
  const shopFiles = await loadShops(config, source, environment, problems);
  const shops = shopFiles.map(({ settings }) => toShop(settings, config));
  checkContact(config, shops, source, problems);
  checkRevisits(config, source, problems);
  await checkModel('path', config.model.path, source, problems);
  await checkModel('lookalike', config.model.lookalike, source, problems);
  await checkTextModel(config.model.text, source, problems);
  const categories = await loadCategories(config.categories, source, environment, problems);
  const tokens = await readApiAccess(config.api, source, problems);
  if (problems.some(isFault)) throw new ConfigError(inOrder(problems));
  const absolute = withPathsFrom(configSchema, config, dirname(file));
  return deepFreeze({
    path: file,
    config: { ...absolute, api: withoutSecrets(absolute.api) },
    shops,
    shopFiles,
    categories,
    tokens,
    missingSecrets: inOrder(problems),
  });
}

/** One shop file alone, for commands that need no more. Throws `ConfigError` with every problem. */
export async function loadShop(path: string, environment: Environment = process.env): Promise<Shop> {
  const file = resolve(path);
  const read = await readSource(file, environment);
  if (!read.ok) throw new ConfigError([read.problem]);
  const problems: ConfigProblem[] = [];
  const config = { ...configSchema.parse({}), shops: [file] };
  const [shop] = await loadShops(config, read.source, environment, problems);
  if (problems.length > 0 || shop === undefined) throw new ConfigError(inOrder(problems));
  return deepFreeze(toShop(shop.settings, config));
}

function emptyIsDefaults(source: YamlSource): YamlSource {
  return source.value === null ? { ...source, value: {} } : source;
}

/** Stands for an id or a name that is missing or wrong while the rest of the shop is looked at. */
const UNNAMED = 'unnamed';

async function loadShops(
  config: Config,
  source: YamlSource,
  environment: Environment,
  problems: ConfigProblem[],
): Promise<LoadedShopFile[]> {
  const shops: LoadedShopFile[] = [];
  const files = new Map<string, YamlSource>();
  const owners = new Map<string, string>();
  for (const [index, entry] of config.shops.entries()) {
    const expanded = await expandEntry(entry, dirname(source.file));
    if ('fault' in expanded) {
      problems.push(source.problem(['shops', index], expanded.fault, { hint: expanded.hint }));
      continue;
    }
    for (const file of expanded.files) {
      if (files.has(file)) continue;
      const read = await readSource(file, environment);
      if (!read.ok) {
        problems.push(source.problem(['shops', index], `${file}: ${read.problem.message}`, read.problem));
        continue;
      }
      files.set(file, read.source);
      problems.push(...read.source.problems);
      const result = validate(read.source, shopSchema, { id: UNNAMED, name: UNNAMED });
      const broken = result.ok ? [] : result.problems;
      const shop = result.ok ? result.value : result.remainder;
      problems.push(...broken);
      if (shop === null) continue;
      // What was left out because it is wrong must not be missed a second time.
      problems.push(
        ...checkShop(shop, read.source).filter(({ path }) => !broken.some((one) => overlaps(one.path, path))),
      );
      const owner = owners.get(shop.id);
      if (owner === undefined || shop.id === UNNAMED) owners.set(shop.id, file);
      else {
        problems.push(
          read.source.problem(['id'], `${owner} has the same id ${shop.id}`, {
            hint: 'give each shop an id of its own',
          }),
        );
      }
      shops.push({ path: file, settings: await withSecrets(shop, read.source, problems) });
    }
  }
  return shops;
}

function checkRevisits({ crawl }: Config, source: YamlSource, problems: ConfigProblem[]): void {
  if (crawl.revisit_max >= Math.max(1, crawl.revisit_min)) return;
  const message = 'the longest time between two visits is shorter than crawl.revisit_min';
  const hint = 'such as revisit_min: 6h and revisit_max: 3d';
  problems.push(source.problem(['crawl', 'revisit_max'], message, { hint }));
}

/** The shipped model is not looked for: only what a person names can be named wrongly. */
async function checkModel(
  key: 'path' | 'lookalike',
  path: string | null,
  source: YamlSource,
  problems: ConfigProblem[],
): Promise<void> {
  if (path === null) return;
  const folder = resolve(dirname(source.file), path);
  const found = await access(join(folder, 'manifest.json')).then(
    () => true,
    () => false,
  );
  if (found) return;
  const hint =
    'name a folder that holds manifest.json and model.onnx, or leave it out for the model that ships';
  problems.push(source.problem(['model', key], `there is no model in ${folder}`, { hint }));
}

async function checkTextModel(
  path: string | null,
  source: YamlSource,
  problems: ConfigProblem[],
): Promise<void> {
  if (path === null || path === 'off') return;
  const folder = resolve(dirname(source.file), path);
  const found = await access(join(folder, 'lexicon.json')).then(
    () => true,
    () => false,
  );
  if (found) return;
  const hint =
    'name a folder made by `fashiond train text`, or off, or leave it out for the model that ships';
  problems.push(source.problem(['model', 'text'], `there is no text model in ${folder}`, { hint }));
}

async function loadCategories(
  path: string | null,
  source: YamlSource,
  environment: Environment,
  problems: ConfigProblem[],
): Promise<readonly Category[]> {
  const file = path === null ? shippedCategoriesPath : resolve(dirname(source.file), path);
  const read = await readSource(file, environment);
  if (!read.ok) {
    problems.push(
      path === null
        ? read.problem
        : source.problem(['categories'], `${file}: ${read.problem.message}`, read.problem),
    );
    return [];
  }
  const result = readCategories(read.source);
  problems.push(...read.source.problems, ...result.problems);
  return result.categories;
}

const CONTACT = /^(https?:\/\/[^\s/]+\S*|[^\s@]+@[^\s@]+\.[^\s@]+)$/;

function checkContact(
  config: Config,
  shops: readonly Shop[],
  source: YamlSource,
  problems: ConfigProblem[],
): void {
  const hint = 'contact: https://your.site/about-the-crawler, or an e-mail address';
  const outside = shops.find((shop) => !shop.allowLoopback);
  const real = shops.find((shop) => !shop.allowLoopback && !shop.start.every(isPlaceholder));
  if (config.contact === null) {
    if (outside !== undefined) {
      const message = `required, because the shop ${outside.id} is outside loopback: its owner must be able to reach you`;
      problems.push(source.problem(['contact'], message, { hint }));
    }
  } else if (!CONTACT.test(config.contact)) {
    problems.push(source.problem(['contact'], 'expected a URL or an e-mail address', { hint }));
  } else if (real !== undefined && isPlaceholder(config.contact)) {
    const message = `this address is a placeholder, and the shop ${real.id} is a real one: put your own`;
    problems.push(source.problem(['contact'], message, { hint }));
  }
}

/** Whether a URL or an e-mail address is under a name kept for documentation (RFC 2606, sections 2 and 3). */
function isPlaceholder(address: string): boolean {
  const host = /^(?:https?:\/\/(?:[^/@]*@)?|[^@]*@)([^/:?#]+)/.exec(address)?.[1] ?? '';
  return /(^|\.)(example|test|invalid|example\.(com|net|org))$/i.test(host);
}

function overlaps(one: string, other: string): boolean {
  return one !== '' && (one.startsWith(other) || other.startsWith(one));
}

/** File by file and from top to bottom. One slip can break several rules about one key: the first says most. */
function inOrder(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const files = [...new Set(problems.map((problem) => problem.file))];
  const seen = new Set<string>();
  return problems
    .filter((problem) => {
      const key = JSON.stringify([problem.file, problem.line, problem.path]);
      const fresh = problem.path === '' || !seen.has(key);
      seen.add(key);
      return fresh;
    })
    .toSorted(
      (a, b) =>
        files.indexOf(a.file) - files.indexOf(b.file) ||
        (a.line ?? 0) - (b.line ?? 0) ||
        (a.column ?? 0) - (b.column ?? 0),
    );
}

function deepFreeze<T>(value: T): T {
  // A view of bytes cannot be frozen.
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
