import { copyFileSync, existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { FashiondError } from '../../../src/domain/errors.js';
import type { ModelFingerprint } from '../../../src/domain/ids.js';
import { meantModel } from '../../../src/domain/model-registry.js';
import type { GateReport, ModelRegistry, NewModel } from '../../../src/domain/model-registry.js';
import { openReadOnly } from '../../../src/store/store.js';
import { manifest, workbench } from './builders.js';

const bench = workbench();
const print = (digit: string): ModelFingerprint => digit.repeat(64) as ModelFingerprint;
const [FIRST, SECOND, THIRD] = [print('1'), print('2'), print('3')];
const model = (fingerprint: ModelFingerprint, name = 'test'): NewModel => ({
  manifest: { ...manifest(fingerprint), name },
  path: `/models/${fingerprint[0]}`,
});
const gate = (passed: boolean, against: ModelFingerprint | null = FIRST): GateReport => ({
  against,
  passed,
  checks: [
    { name: 'precision', passed, candidate: 0.9, required: 0.97, says: 'precision 0.900, floor 0.970' },
  ],
  data: 'held-out',
  pictures: 10,
});
const rolesOf = (models: ModelRegistry) =>
  models.list().map(({ fingerprint, role }) => `${fingerprint[0]} ${role}`);
const steps = (models: ModelRegistry) =>
  models.events(100).map(({ step, model: of, by, other }) => [step, of[0], by, other?.[0] ?? null].join(' '));
function problem(call: () => unknown): FashiondError {
  try {
    call();
  } catch (error) {
    if (error instanceof FashiondError) return error;
    throw error;
  }
  throw new Error('expected a FashiondError');
}

describe('the registry of models', () => {
  it('goes from candidate over the gate to current, and back', () => {
    const { models } = bench.open();
    models.register(model(FIRST), 'config');
    models.register(model(FIRST), 'config');
    models.addCandidate(model(SECOND), { kind: 'candidate', by: 'ann' });
    models.recordGate(SECOND, gate(true), 'ann');
    expect(rolesOf(models)).toEqual(['1 current', '2 candidate']);
    expect(models.promote(SECOND, { by: 'ben' })).toMatchObject({ role: 'current', path: '/models/2' });
    expect(rolesOf(models)).toEqual(['2 current', '1 previous']);
    models.rollBack({ by: 'ben', note: 'complaints' });
    expect(rolesOf(models)).toEqual(['1 current', '2 previous']);
    models.rollBack({ by: 'ben' });
    expect(rolesOf(models)).toEqual(['2 current', '1 previous']);
    expect(steps(models)).toEqual([
      'rolled-back 2 ben 1',
      'rolled-back 1 ben 2',
      'promoted 2 ben 1',
      'judged 2 ann 1',
      'candidate 2 ann ',
      'registered 1 config ',
    ]);
    expect(models.events(100)[1]).toMatchObject({ note: 'complaints' });
  });

  it('goes back to no other model than was meant', () => {
    const { models } = bench.open();
    models.register(model(FIRST), 'config');
    for (const made of [SECOND, THIRD]) {
      models.addCandidate(model(made), { kind: 'candidate', by: 'ann' });
      models.promote(made, { by: 'ann', force: true });
    }
    // Who saw the first as the previous one had not heard of the third.
    const refusal = problem(() => models.rollBack({ by: 'ben', to: FIRST }));
    expect([refusal.code, refusal.message]).toEqual([
      'refused',
      `model ${FIRST.slice(0, 12)} is not the previous model; ${SECOND.slice(0, 12)} is`,
    ]);
    expect(rolesOf(models)).toEqual(['3 current', '2 previous', '1 null']);
    // Whichever model has the role by now is nobody's wish.
    expect(problem(() => meantModel(models, 'previous')).code).toBe('usage');
    models.rollBack({ by: 'ben', to: meantModel(models, SECOND.slice(0, 12)) });
    expect(rolesOf(models)).toEqual(['2 current', '3 previous', '1 null']);
  });

  it('gives no role to a model that it falls back from, and previous again to the one before', () => {
    const { models } = bench.open();
    models.register(model(FIRST), 'config');
    for (const made of [SECOND, THIRD]) {
      models.addCandidate(model(made), { kind: 'candidate', by: 'ann' });
      models.promote(made, { by: 'ann', force: true });
    }
    const step = { from: THIRD, to: SECOND, by: 'daemon', note: 'its folder is lost' };
    models.fallBack(step);
    expect(rolesOf(models)).toEqual(['2 current', '1 previous', '3 null']);
    expect(steps(models)[0]).toBe('fell-back 2 daemon 3');
    // Not current any more: whoever changed that has the last word.
    models.fallBack(step);
    expect(steps(models)).toHaveLength(6);
    models.rollBack({ by: 'ann' });
    expect(rolesOf(models)).toEqual(['1 current', '2 previous', '3 null']);
  });

  it('falls back over models that never served', () => {
    const { models } = bench.open();
    models.register(model(FIRST), 'config');
    for (const made of [SECOND, THIRD]) {
      models.addCandidate(model(made), { kind: 'candidate', by: 'ann' });
      models.promote(made, { by: 'ann', force: true });
    }
    models.fallBack({ from: THIRD, to: FIRST, by: 'daemon', note: 'its folder is lost' });
    expect(rolesOf(models)).toEqual(['1 current', '2 previous', '3 null']);
  });

  it('promotes nothing that failed, was not judged, or was judged against another model, unless it is forced', () => {
    const { models } = bench.open();
    models.register(model(FIRST), 'config');
    models.addCandidate(model(SECOND), { kind: 'imported', by: 'ann' });
    expect(problem(() => models.promote(SECOND, { by: 'ann' })).message).toContain('was not judged');
    models.recordGate(SECOND, gate(false), 'ann');
    expect(problem(() => models.promote(SECOND, { by: 'ann' })).message).toContain(
      'precision 0.900, floor 0.970',
    );
    models.recordGate(SECOND, gate(true, THIRD), 'ann');
    expect(problem(() => models.promote(SECOND, { by: 'ann' })).message).toContain('not current any more');
    expect(rolesOf(models)).toEqual(['1 current', '2 candidate']);
    models.recordGate(SECOND, gate(false), 'ann');
    models.promote(SECOND, { by: 'ann', force: true, note: 'sale starts' });
    expect(models.events(1)).toEqual([
      expect.objectContaining({
        step: 'forced',
        by: 'ann',
        other: FIRST,
        gate: gate(false),
        note: 'sale starts',
      }),
    ]);
    expect(rolesOf(models)).toEqual(['2 current', '1 previous']);
  });

  it('has one candidate, and keeps the one before', () => {
    const { models } = bench.open();
    models.register(model(FIRST), 'config');
    models.addCandidate(model(SECOND), { kind: 'candidate', by: 'ann' });
    models.addCandidate(model(THIRD), { kind: 'candidate', by: 'ann' });
    models.addCandidate(model(FIRST), { kind: 'imported', by: 'ann' });
    expect(rolesOf(models)).toEqual(['1 current', '3 candidate', '2 null']);
    expect(problem(() => models.rollBack({ by: 'ann' })).code).toBe('refused');
    expect(problem(() => models.promote(FIRST, { by: 'ann', force: true }))).toMatchObject({
      message: expect.stringContaining('current model already'),
      hint: 'Promote another of the registered models.',
    });
  });

  it('finds a model by role, fingerprint or name, and says when that is not clear', () => {
    const { models } = bench.open();
    expect(problem(() => models.find('current')).hint).toContain('None is registered');
    models.register(model(FIRST), 'config');
    models.addCandidate(model(SECOND), { kind: 'candidate', by: 'ann' });
    models.addCandidate(model(THIRD, 'knit'), { kind: 'candidate', by: 'ann' });
    expect(models.find('candidate').fingerprint).toBe(THIRD);
    expect(models.find('222222').fingerprint).toBe(SECOND);
    expect(models.find('knit').fingerprint).toBe(THIRD);
    expect(problem(() => models.find('22222'))).toMatchObject({ code: 'not-found' });
    expect(problem(() => models.find('test'))).toMatchObject({
      code: 'usage',
      message: '2 models are called test: 111111111111 (current), 222222222222',
    });
  });

  it('keeps its steps for good', () => {
    const path = bench.file();
    bench.open(path).models.register(model(FIRST), 'config');
    const raw = new Database(path);
    expect(() => raw.exec('DELETE FROM model_events')).toThrow(/are kept/);
    expect(() => raw.exec(`UPDATE model_events SET by = 'nobody'`)).toThrow(/do not change/);
    raw.close();
  });

  it('is shown to analysts', () => {
    const path = bench.file();
    const { models } = bench.open(path);
    models.register(model(FIRST), 'config');
    models.addCandidate(model(SECOND), { kind: 'candidate', by: 'ann' });
    models.recordGate(SECOND, gate(false), 'ann');
    const reader = openReadOnly(path);
    expect(
      reader.query('SELECT name, role, path, pictures, gate_passed FROM v_models ORDER BY fingerprint'),
    ).toEqual([
      { name: 'test', role: 'current', path: '/models/1', pictures: 0, gate_passed: null },
      { name: 'test', role: 'candidate', path: '/models/2', pictures: 0, gate_passed: 0 },
    ]);
    expect(
      reader.query(
        `SELECT step, by, json_extract(gate, '$.pictures') AS pictures FROM v_model_events ORDER BY event`,
      ),
    ).toEqual([
      { step: 'registered', by: 'config', pictures: null },
      { step: 'candidate', by: 'ann', pictures: null },
      { step: 'judged', by: 'ann', pictures: 10 },
    ]);
    expect(reader.models.find('candidate').gate).toEqual(gate(false));
    reader.close();
  });

  it('loses no step to a kill after it', () => {
    const path = bench.file();
    const { models } = bench.open(path);
    const acts: readonly (() => unknown)[] = [
      () => models.register(model(FIRST), 'config'),
      () => models.recordConfigured({ fingerprint: FIRST, path: '/models/1' }),
      () => models.addCandidate(model(SECOND), { kind: 'candidate', by: 'ann' }),
      () => models.recordGate(SECOND, gate(true), 'ann'),
      () => models.promote(SECOND, { by: 'ann' }),
      () => models.rollBack({ by: 'ann' }),
    ];
    for (const act of acts) {
      act();
      const copy = bench.file();
      for (const suffix of ['', '-wal'])
        if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
      const after = bench.open(copy).models;
      expect(rolesOf(after)).toEqual(rolesOf(models));
      expect(after.events(100)).toEqual(models.events(100));
      expect(after.configured()).toEqual(models.configured());
    }
  });
});
