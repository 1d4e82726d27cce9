/** Worker thread of the page reader. */
import type { PageReading } from '../domain/product.js';
import { readPage } from './read-page.js';
import type { PageFacts } from './read-page.js';

export interface ReadTask {
  /** Transferred: the sender's view of it is gone. */
  readonly body: Uint8Array;
  readonly facts: PageFacts;
}

export function read({ body, facts }: ReadTask): PageReading {
  return readPage(body, facts);
}
