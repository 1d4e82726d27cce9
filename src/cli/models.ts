/** `fashiond models`: the registry shown and changed; judging and promoting is in models-promote. */
import type { Config } from '../config/schema.js';
import { FashiondError } from '../domain/errors.js';
import { meantModel } from '../domain/model-registry.js';
import type { GateReport, ModelEvent, ModelReading, RegisteredModel } from '../domain/model-registry.js';
import { openReadOnly } from '../store/store.js';
import type { CliContext } from './context.js';
import { exportModel, importModel } from './model-file.js';
import { changing, checkLine, FOLLOWS, nameOf, whoami } from './registry.js';
import { table } from './text-table.js';

export interface JsonFlag {
  readonly json?: true;
}

const HISTORY = 1000;

export function listModels(config: Config, flags: JsonFlag, context: CliContext): void {
  const found = reading(config, (registry) => registry.list());
  if (flags.json === true) context.print(JSON.stringify({ models: found }, null, 2));
  else for (const line of listLines(found)) context.print(line);
}

export function showModel(config: Config, reference: string, flags: JsonFlag, context: CliContext): void {
  const found = reading(config, (registry) => {
    const model = registry.find(reference);
    return { model, events: registry.events(HISTORY, model.fingerprint) };
  });
  if (flags.json === true) context.print(JSON.stringify(found, null, 2));
  else for (const line of showLines(found.model, found.events)) context.print(line);
}

export interface RollbackFlags {
  readonly note?: string;
  readonly to?: string;
}

export function rollBack(config: Config, { to, ...flags }: RollbackFlags, context: CliContext): void {
  const { now, busy } = changing(config, (registry) => ({
    now: registry.models.rollBack({
      by: whoami(),
      ...flags,
      ...(to === undefined ? {} : { to: meantModel(registry.models, to) }),
    }),
    busy: registry.busy,
  }));
  context.print(`${nameOf(now)} is the current model again`);
  if (busy) context.note(FOLLOWS);
}

export async function exportRegistered(
  config: Config,
  reference: string,
  file: string,
  context: CliContext,
): Promise<void> {
  const model = reading(config, (registry) => registry.find(reference));
  if (model.path === null)
    throw new FashiondError('not-found', `nobody knows where the folder of ${reference} is`);
  const bytes = await exportModel(model.path, file);
  context.print(`${nameOf(model)} written to ${file}, ${bytes} bytes`);
}

export async function importCandidate(
  config: Config,
  file: string,
  flags: JsonFlag,
  context: CliContext,
): Promise<void> {
  const { manifest, folder } = await importModel(file, config.model.folder);
  const model = changing(config, ({ models: registry }) =>
    registry.addCandidate({ manifest, path: folder }, { kind: 'imported', by: whoami(), note: file }),
  );
  if (flags.json === true) context.print(JSON.stringify({ model }, null, 2));
  else context.print(`${nameOf(model)} is in ${folder} and ${model.role ?? 'registered'}`);
}

function reading<T>({ store: { path } }: Pick<Config, 'store'>, work: (models: ModelReading) => T): T {
  const store = openReadOnly(path);
  try {
    return work(store.models);
  } finally {
    store.close();
  }
}

function listLines(models: readonly RegisteredModel[]): string[] {
  if (models.length === 0) return ['no model is registered yet: the daemon registers the one that it serves'];
  const rows = models.map(({ role, name, fingerprint, labels, gate, path }) => [
    role ?? '-',
    name,
    fingerprint.slice(0, 12),
    String(labels.length),
    verdictOf(gate),
    path ?? '-',
  ]);
  return table([['role', 'name', 'fingerprint', 'categories', 'gate', 'folder'], ...rows]);
}

function showLines(model: RegisteredModel, events: readonly ModelEvent[]): string[] {
  const { role, fingerprint, labels, threshold, path, gate } = model;
  return [
    `${nameOf(model)}: ${role ?? 'no role'}`,
    `  fingerprint  ${fingerprint}`,
    `  folder       ${path ?? '-'}`,
    `  categories   ${labels.join(', ')}`,
    `  threshold    ${threshold ?? '-'}`,
    `  gate         ${verdictOf(gate)}`,
    ...(gate?.checks ?? []).map((check) => `    ${checkLine(check)}`),
    'steps, the latest first:',
    ...events.map(({ at, step, by, other, note }) => {
      const beside =
        other === null ? '' : `, ${step === 'judged' ? 'beside' : 'in place of'} ${other.slice(0, 12)}`;
      return `  ${at}  ${step} by ${by}${beside}${note === null ? '' : `: ${note}`}`;
    }),
  ];
}

function verdictOf(gate: GateReport | null): string {
  if (gate === null) return 'not judged';
  return gate.passed ? 'passed' : 'failed';
}
