/** An index over a made database, as the daemon has it. */
import type { ModelFingerprint } from '../../src/domain/ids.js';
import type { CompactBasis } from '../../src/domain/similar.js';
import { StoredIndex } from '../../src/search/fill-index.js';
import type { ReadOnlyStore } from '../../src/store/store.js';
import { layoutOf } from './search-database.js';

export function storedIndex(store: ReadOnlyStore, basis: CompactBasis): StoredIndex {
  const spaces = { model: basis.model as ModelFingerprint, lookVersion: basis.lookVersion };
  return new StoredIndex(store, spaces, { layout: layoutOf(basis), basis });
}
