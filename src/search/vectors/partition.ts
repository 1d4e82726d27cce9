/**
 * Rows by their nearest centroid, so that a query is compared with those of a few lists (an inverted file: Sivic and
 * Zisserman, Video Google, ICCV 2003). The lists to look at are those whose centroids blend best with the query.
 */
import { BestRows } from './best-rows.js';
import type { BlendShape } from './blend-kernel.js';
import { ByteLists } from './byte-lists.js';
import { readRow } from './byte-row.js';
import { Centroids } from './k-means.js';

export class Partition {
  readonly #centroids: Centroids;
  readonly #guides: ByteLists;
  readonly lists: ByteLists;

  constructor(shape: BlendShape, centroids: Float32Array, capacity = 0) {
    const length = shape.parts.reduce((sum, part) => sum + part.length, 0);
    this.#centroids = new Centroids(centroids, length);
    const many = centroids.length / length;
    this.#guides = new ByteLists(shape, many);
    for (let c = 0; c < many; c += 1) {
      this.#guides.add(c, centroids.subarray(c * length, (c + 1) * length));
    }
    this.lists = new ByteLists(shape, capacity, many);
  }

  /** A row of bytes, to the list of its nearest centroid. */
  add(row: number, bytes: Int8Array): void {
    const [list = 0] = this.#centroids.nearest(readRow(this.lists.shape, bytes));
    this.lists.addBytes(row, bytes, list);
  }

  /** Compares with the rows of so many lists. */
  scan(query: Uint8Array, best: BestRows, probes: number): void {
    const nearest = new BestRows(probes);
    this.#guides.scan(query, nearest);
    this.lists.scan(query, best, nearest.sorted().rows);
  }
}
