/** How one model takes another's place while requests go on. */
import { describe, expect, it } from 'vitest';
import { FashiondError } from '../../src/domain/errors.js';
import type { ModelFingerprint } from '../../src/domain/ids.js';
import { ModelHost } from '../../src/model-host.js';
import type { OpenModel } from '../../src/open-model.js';
import { silent } from './store/builders.js';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** A model whose answers come when they are told to. */
function model(name: string) {
  const state = { isClosed: false, pending: [] as ((outcome: unknown) => void)[] };
  const classify = () =>
    new Promise((resolve, reject) => {
      if (state.isClosed) reject(new Error(`${name} is closed`));
      state.pending.push(resolve);
    });
  const decide = () => ({ model: name }) as never;
  const open: OpenModel = {
    fingerprint: name as ModelFingerprint,
    folder: name,
    classifier: { manifest: { fingerprint: name }, classify, decide } as never,
    suspects: { classify } as never,
    decider: { version: name, decide },
    close: async () => {
      state.isClosed = true;
    },
  };
  return {
    open,
    state,
    answer: (outcome: unknown = { kind: 'failed', detail: name }) => {
      for (const settle of state.pending.splice(0)) settle(outcome);
    },
  };
}

function host(options: { readonly check?: () => Promise<void> } = {}) {
  const known = new Map(['a', 'b', 'c'].map((name) => [name, model(name)]));
  const of = (name: string) => known.get(name)!;
  const opened: string[] = [];
  const models = new ModelHost(of('a').open, {
    open: async (folder) => {
      opened.push(folder);
      if (!known.has(folder)) throw new FashiondError('not-found', `there is no model folder ${folder}`);
      return of(folder).open;
    },
    check: options.check ?? (async () => undefined),
    clock: { monotonic: () => 0 },
    log: silent,
  });
  const replace = (name: string, commit = () => undefined, folder = name) =>
    models.replace({ folder, fingerprint: name as ModelFingerprint, commit, switched: () => undefined });
  const ask = async (): Promise<string> => {
    const outcome = await models.classifier.classify({ path: 'p' });
    return outcome.kind === 'failed' ? outcome.detail : outcome.kind;
  };
  return { models, of, opened, replace, ask };
}

describe('a swap', () => {
  it('lets requests under way end on the old model, which is closed after the last of them', async () => {
    const { models, of, replace, ask } = host();
    await replace('b');
    await models.searchServing('b' as ModelFingerprint);
    expect(of('a').state.isClosed).toBe(true);
    const before = [ask(), ask()];
    const swapped = replace('c');
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    const cameOver = models.searchServing('c' as ModelFingerprint);
    const after = ask();
    expect(models.classifier.manifest.fingerprint).toBe('c');
    expect(of('b').state.isClosed).toBe(false);
    of('b').answer();
    of('c').answer();
    expect(await Promise.all([...before, after])).toEqual(['b', 'b', 'c']);
    await Promise.all([swapped, cameOver]);
    expect(of('b').state.isClosed).toBe(true);
    await models.close();
    expect(of('c').state.isClosed).toBe(true);
  });

  it.each([
    ['load', 'lost', {}, (): undefined => undefined],
    ['check', 'b', { check: () => Promise.reject(new Error('not a number')) }, (): undefined => undefined],
    [
      'switch',
      'b',
      {},
      (): never => {
        throw new FashiondError('refused', 'the disk is full');
      },
    ],
  ] as const)(
    'that fails at %s leaves the old model serving and says why',
    async (_, name, options, commit) => {
      const { models, of, replace, ask } = host(options);
      await expect(replace(name, commit)).rejects.toThrow(/lost|not a number|disk is full/);
      expect(models.swap).toBeNull();
      expect(of('b').state.isClosed).toBe(name === 'b');
      const asked = ask();
      of('a').answer();
      expect(await asked).toBe('a');
      // The next one is free to try.
      if (name === 'lost') await replace('b');
    },
  );

  it('is refused where the folder holds another model than was meant', async () => {
    const { models, of, replace } = host();
    await expect(replace('c', undefined, 'b')).rejects.toThrow('b holds model b, not c');
    expect([of('b').state.isClosed, models.serving.fingerprint]).toEqual([true, 'a']);
  });

  it('is the only one', async () => {
    const { replace } = host();
    const first = replace('b');
    await expect(replace('c')).rejects.toMatchObject({ code: 'busy' });
    await first;
    await replace('c');
  });

  it('keeps the model that is searched open, and goes back to it without opening it again', async () => {
    const { models, of, opened, replace, ask } = host();
    await replace('b');
    const query = models.searchClassifier.classify({ path: 'p' });
    of('a').answer();
    expect(await query).toMatchObject({ detail: 'a' });
    await replace('a');
    expect(opened).toEqual(['b']);
    expect([of('a').state.isClosed, of('b').state.isClosed]).toEqual([false, true]);
    const asked = ask();
    of('a').answer();
    expect(await asked).toBe('a');
  });

  it('back to the searched model keeps it open though search leaves it meanwhile', async () => {
    let pass: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      pass = resolve;
    });
    let checked = 0;
    const { models, of, replace, ask } = host({
      check: () => (checked++ === 0 ? Promise.resolve() : held),
    });
    await replace('b');
    const back = replace('a');
    await nextTurn();
    await models.searchServing('b' as ModelFingerprint);
    expect(of('a').state.isClosed).toBe(false);
    pass();
    await back;
    expect([models.serving.fingerprint, models.searched.fingerprint]).toEqual(['a', 'b']);
    const asked = ask();
    of('a').answer();
    expect(await asked).toBe('a');
    await models.searchServing('a' as ModelFingerprint);
    expect([of('a').state.isClosed, of('b').state.isClosed]).toEqual([false, true]);
    // Where the way back fails it is closed after all, for nobody uses it.
    await replace('c');
    const failing = replace('a', () => {
      throw new FashiondError('refused', 'the disk is full');
    });
    await models.searchServing('c' as ModelFingerprint);
    await expect(failing).rejects.toThrow('disk is full');
    expect(of('a').state.isClosed).toBe(true);
  });

  it('has the searched model see pictures that come while another serves', async () => {
    const { models, of, replace } = host();
    const source = { path: 'p' };
    expect(await models.featuresForSearch(source)).toBeNull();
    await replace('b');
    const features = new Float32Array([1, 0]);
    const seen = models.featuresForSearch(source);
    of('a').answer({ kind: 'classified', prediction: { model: 'a' }, vectors: { features } });
    expect(await seen).toEqual({ model: 'a', features });
    const failed = models.featuresForSearch(source);
    of('a').answer();
    expect(await failed).toBeNull();
    await models.searchServing('b' as ModelFingerprint);
    expect(await models.featuresForSearch(source)).toBeNull();
  });

  it('leaves predictions of a model that went to the decider that goes with them', async () => {
    const { models, replace } = host();
    await replace('b');
    await models.searchServing('b' as ModelFingerprint);
    const seen = { model: 'a' } as never;
    expect([models.decide([seen], null)?.model, models.decide([], null)?.model]).toEqual(['a', 'b']);
  });
});
