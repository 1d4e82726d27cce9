/** Product feeds in a shop file. */
import { z } from 'zod';

export const feeds = z.array(
  z.strictObject({
    url: z.url().describe('address of the feed'),
    format: z
      .enum(['google-xml', 'tsv', 'csv', 'json-lines', 'shopify-json', 'woocommerce-json'])
      .nullable()
      .default(null)
      .describe('null finds it from the bytes, but for those of shop platforms'),
    encoding: z.string().nullable().default(null).describe('such as shift_jis; null finds it from the bytes'),
    visit_pages: z.boolean().default(false).describe('visit the pages that the feed links to as well'),
  }),
);
