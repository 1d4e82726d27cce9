/** A catalogue of items with one picture each, decided by it: for what people are asked and answer. */
import type { Sha256 } from '../../../src/domain/ids.js';
import type { Store } from '../../../src/store/store.js';
import {
  begin,
  classified,
  classify,
  context,
  download,
  manifest,
  product,
  read,
  visit,
} from './builders.js';

const HEX = '0123456789abcdef';

export interface Shown {
  /** Of `sweater`; the rest is for `beanie`. */
  readonly sweater: number;
  readonly phash: string;
  /** Which picture, its own if not said. */
  readonly picture?: number;
}

/** One item for each, numbered from 1. */
export function showItems(store: Store, shown: readonly Shown[]): Store {
  const run = begin(store);
  for (const [index] of shown.entries()) {
    const url = `https://moda.example/p/${index}`;
    const images = [`https://moda.example/i/${index}`];
    visit(store, run, url, read(product({ url, title: `Item ${index}`, images })));
  }
  download(store, (url) => {
    const index = Number(url.split('/').at(-1));
    return pictureOf(shown[index]?.picture ?? index);
  });
  store.models.register({ manifest: manifest(), path: '/models/m' }, 'config');
  store.setDecider(context.model, 'v1', context.decide);
  classify(store, (sha256) => {
    const { sweater, phash } = shown[Number.parseInt(sha256.slice(0, 4), 16)]!;
    const outcome = classified({ sweater, beanie: 1 - sweater });
    return { ...outcome, facts: { ...outcome.facts, phash } };
  });
  return store;
}

export const pictureOf = (index: number): Sha256 =>
  `${index.toString(16).padStart(4, '0')}${'0'.repeat(60)}` as Sha256;

/** Far from each other: each repeats another digit. */
export const far = (index: number): string =>
  HEX[index % 16]!.repeat(8) + HEX[(index * 7 + 3) % 16]!.repeat(8);
