/** When a run of a shop counts as yellow or red; part of the configuration. */
import { z } from 'zod';
import { duration } from './units.js';

/** A share from 0 to 1. */
const share = (): z.ZodNumber => z.number().min(0).max(1);

export const healthSchema = z.strictObject({
  usual_runs: z
    .int()
    .min(1)
    .max(100)
    .default(10)
    .describe('the usual is the median of so many last finished runs that were not red'),
  items: z
    .strictObject({
      yellow: share()
        .default(0.85)
        .describe(
          'below this share of the usual items, or with so much more of the pages gone, a shop is yellow',
        ),
      red: share().default(0.6).describe('below this share it is red'),
      too_many: z.number().min(1).default(2).describe('above this multiple it is yellow'),
    })
    .prefault({})
    .describe('items on sale at the end of a run'),
  fields: z
    .strictObject({
      yellow: share().default(0.1).describe('missing on so much more of the pages than usual: yellow'),
      red: share().default(0.3).describe('missing on so much more: red'),
    })
    .prefault({})
    .describe('each field of a product page, 0.1 being a rise from 5 to 15 % of pages without it'),
  least_priced: share()
    .default(0.5)
    .describe('a shop is red when fewer of its product pages show a price, whatever is usual'),
  errors: z
    .strictObject({
      yellow: share().default(0.1).describe('so much more of the visits than usual: yellow'),
      red: share().default(0.4).describe('so much more: red'),
    })
    .prefault({})
    .describe('visits that end in an error, and those that robots.txt forbids; a page that is gone is none'),
  unknown: z
    .strictObject({
      yellow: share().default(0.15).describe('so many more unknown items than usual make a shop yellow'),
      red: share().default(0.35).describe('so many more make it red'),
      most: share().default(0.8).describe('above this share it is yellow, whatever is usual'),
    })
    .prefault({})
    .describe('share of unknown categories among the items that were decided'),
  stale: duration().prefault('30d').describe('an item not seen for this long makes a shop yellow'),
});
