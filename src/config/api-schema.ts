/** The API and the web page; part of the configuration. */
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { filePath } from './file-path.js';
import { duration, size } from './units.js';

/** Each may do what those before it may. */
export const SCOPES = ['read', 'review', 'admin'] as const;

const token = z.strictObject({
  name: z
    .string()
    .regex(/^[\w.@-]{1,64}$/, { error: 'expected letters, digits and . _ @ -, 64 at most' })
    .describe('who holds it; labels are signed with it'),
  scope: z.enum(SCOPES).default('read').describe('read; review: label items, too; admin: everything'),
  secret: z
    .string({ error: 'expected text, in quotes where it looks like a number' })
    .nullable()
    .default(null)
    .describe('the token itself, best as ${FASHIOND_TOKEN}'),
  secret_file: filePath().nullable().default(null).describe('file that holds it, in place of secret'),
});

export const apiSchema = z.strictObject({
  listen: z
    .string()
    .nullable()
    .default(null)
    .describe('address and port, such as 127.0.0.1:8420; null serves neither API nor page'),
  hosts: z
    .array(z.string())
    .default([])
    .describe(
      'further names it is reached by, such as fashion.example, where a proxy stands before it; needs tokens',
    ),
  trust_proxy: z
    .array(
      z.string().refine((text) => ipaddr.isValid(text) || ipaddr.isValidCIDR(text), {
        error: 'expected an address or a network, such as 127.0.0.1 or 10.0.0.0/8',
      }),
    )
    .default([])
    .describe(
      'addresses and networks of proxies before it, whose X-Forwarded-For says which address is limited; nobody else is believed; needs tokens',
    ),
  tokens: z
    .array(token)
    .default([])
    .describe('who may use it; with none, everybody on this machine may, and only loopback is served'),
  max_picture: size().prefault('10MiB').describe('largest picture that may be uploaded'),
  uploads_at_once: z
    .int()
    .min(1)
    .max(64)
    .default(12)
    .describe('uploaded pictures in hand at once, of one caller all but one; others wait up to two seconds'),
  exports_at_once: z
    .int()
    .min(1)
    .max(16)
    .default(2)
    .describe('exports of the catalogue in hand at once, of one caller all but one'),
  rate: z.number().min(1).default(50).describe('requests a second from one address or token, on average'),
  burst: z.int().min(1).default(200).describe('requests it may send at once after a pause'),
  request_timeout: duration().prefault('30s').describe('longest time for one request to arrive'),
});

export type ApiConfig = z.output<typeof apiSchema>;
