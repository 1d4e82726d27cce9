/** The page of models, and its forms. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ModelFingerprint } from '../../domain/ids.js';
import { requireScope } from '../access.js';
import { checked } from '../endpoint.js';
import { promoted, rolledBack } from '../endpoints/models.js';
import type { ApiParts } from '../parts.js';
import { HttpProblem } from '../problem.js';
import { modelsPage } from './models-page.js';
import type { View } from './view.js';

/** A report is a page of its own with its styles in it; in a sandbox, and without script. */
const REPORT_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

const changeFields = z.object({
  force: z.literal('yes').optional(),
  to: z.string().max(200).optional(),
  note: z
    .string()
    .max(1000)
    .optional()
    .transform((note) => (note === '' ? undefined : note)),
});

export function addModels(
  pages: FastifyInstance,
  parts: ApiParts,
  view: (request: FastifyRequest) => View,
  send: (reply: FastifyReply, page: string) => FastifyReply,
): void {
  const reading = {
    preHandler: async (request: FastifyRequest) => void requireScope(request.caller, 'read'),
  };
  pages.get('/models', reading, async (request, reply) =>
    send(reply, await modelsPage(parts, view(request))),
  );
  pages.get('/models/:fingerprint/report', reading, async (request, reply) => {
    const { fingerprint } = request.params as { fingerprint: string };
    const report = await parts.papers.report(fingerprint as ModelFingerprint);
    if (report === null) throw new HttpProblem(404, 'not-found', `the model ${fingerprint} has no report`);
    reply.header('content-security-policy', REPORT_POLICY);
    return reply.type('text/html; charset=utf-8').send(report);
  });
  pages.post('/models/:fingerprint/promote', (request, reply) => {
    const { name: by } = requireScope(request.caller, 'admin');
    const { fingerprint } = request.params as { fingerprint: string };
    const { force, note } = checked(changeFields, request.body, 'field');
    promoted(parts, fingerprint, { by, force: force === 'yes', note });
    return reply.redirect('/models', 303);
  });
  pages.post('/models/rollback', (request, reply) => {
    const { name: by } = requireScope(request.caller, 'admin');
    const { to, note } = checked(changeFields, request.body, 'field');
    rolledBack(parts, { by, to, note });
    return reply.redirect('/models', 303);
  });
}
