/** Every endpoint of the API, in the order of the document. */
import type { Endpoint } from '../endpoint.js';
import { itemEndpoints } from './items.js';
import { modelEndpoints } from './models.js';
import { overviewEndpoints } from './overview.js';
import { reviewEndpoints } from './review.js';
import { similarEndpoints } from './similar.js';

export const ENDPOINTS: readonly Endpoint[] = [
  ...itemEndpoints,
  ...similarEndpoints,
  ...overviewEndpoints,
  ...modelEndpoints,
  ...reviewEndpoints,
];
