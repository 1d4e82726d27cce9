/** How a crawl proceeds: its part of the configuration. */
import { z } from 'zod';
import { duration } from './units.js';

export const crawlSchema = z.strictObject({
  lease: duration().prefault('5m').describe('how long a claimed URL stays with its worker'),
  confirm_gone: duration()
    .prefault('1h')
    .describe('a page that is gone is asked for again after this long before its product counts as vanished'),
  revisit_min: duration()
    .prefault('6h')
    .describe('a known page is not visited again sooner than this, however often it changes'),
  revisit_max: duration()
    .prefault('3d')
    .describe('longest time between two visits of a known page, even if it never changes'),
  max_wanted_images: z
    .int()
    .min(1)
    .default(5000)
    .describe('pages of a shop wait while more of its picture URLs than this wait for download'),
  max_stored_pictures: z
    .int()
    .min(1)
    .default(1000)
    .describe('downloads wait while more pictures than this wait for inference'),
  traps: z
    .strictObject({
      max_repeats: z.int().min(1).default(3).describe('times one segment may stand in a path'),
      max_parameters: z.int().min(1).default(12).describe('parameters in a query'),
      max_per_pattern: z
        .int()
        .min(1)
        .default(20_000)
        .describe('addresses of a shop alike but for numbers and query; 20 more for each item among them'),
    })
    .prefault({})
    .describe('links found on pages that are not followed, because a site makes up such without end'),
  parse_workers: z.int().min(1).max(64).default(1).describe('threads that read pages'),
});
