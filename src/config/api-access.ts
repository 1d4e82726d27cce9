/** Who may use the API, and where it listens: what the schema alone cannot check. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import { messageOf } from '../domain/errors.js';
import type { ApiConfig, SCOPES } from './api-schema.js';
import { isUnavailable, mayNotRead } from './missing-secrets.js';
import type { ConfigProblem } from './problems.js';
import type { YamlSource } from './yaml-source.js';

export type Scope = (typeof SCOPES)[number];

/** A token as it is kept: by its hash. The loaded config holds no secret of one either (`withoutSecrets`). */
export interface AccessToken {
  readonly name: string;
  readonly scope: Scope;
  /** SHA-256 of the secret. */
  readonly hash: Buffer;
}

export interface ListenAddress {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
}

const SHORTEST_SECRET = 16;

/** Null where it is no address with a port; a port alone means loopback. */
export function parseListen(text: string): ListenAddress | null {
  const [, host = '127.0.0.1', digits = ''] = /^(?:(\[[^\]]+\]|[^:]*):)?(\d{1,5})$/.exec(text) ?? [];
  const bare = host.replace(/^\[|\]$/g, '');
  const port = Number(digits);
  if (digits === '' || port > 65_535) return null;
  return bare === 'localhost' || isIP(bare) !== 0 ? { host: bare, port } : null;
}

export function isLoopback({ host }: ListenAddress): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** The settings with stars for secrets, which nobody needs once their hashes are made. */
export function withoutSecrets(api: ApiConfig): ApiConfig {
  const tokens = api.tokens.map((token) => ({ ...token, secret: token.secret === null ? null : '***' }));
  return { ...api, tokens };
}

/** Reads the secrets and adds whatever is wrong to `problems`. One that is not to be had here gives no token. */
export async function readApiAccess(
  api: ApiConfig,
  source: YamlSource,
  problems: ConfigProblem[],
): Promise<AccessToken[]> {
  checkListen(api, source, problems);
  const tokens: AccessToken[] = [];
  for (const [index, { name, scope, secret, secret_file: file }] of api.tokens.entries()) {
    const problem = (key: string, message: string, hint: string): ConfigProblem =>
      source.problem(['api', 'tokens', index, key], message, { hint });
    const complain = (key: string, message: string, hint: string): void => {
      problems.push(problem(key, message, hint));
    };
    if (api.tokens.findIndex((other) => other.name === name) !== index) {
      complain('name', `another token is called ${name}`, 'give each token a name of its own');
    }
    if ((secret === null) === (file === null)) {
      const hint = 'such as secret: ${FASHIOND_TOKEN} or secret_file: /etc/fashiond/token';
      complain('name', `the token ${name} takes either a secret or a secret_file`, hint);
      continue;
    }
    // What it is, or where, has been missed already.
    if (isUnavailable(secret ?? file)) continue;
    const key = file === null ? 'secret' : 'secret_file';
    try {
      const text = secret ?? (await readFile(resolve(dirname(source.file), file ?? ''), 'utf8')).trim();
      if (text.length >= SHORTEST_SECRET) tokens.push({ name, scope, hash: hashSecret(text) });
      else {
        const hint = 'make one with: openssl rand -hex 32';
        complain(key, `the secret of ${name} is shorter than ${SHORTEST_SECRET} characters`, hint);
      }
    } catch (error) {
      const message = `the secret of ${name} cannot be read: ${messageOf(error)}`;
      const fault = problem(key, message, 'check the path and its rights');
      problems.push(mayNotRead(error) ? { ...fault, isMissingSecret: true } : fault);
    }
  }
  return tokens;
}

function checkListen(api: ApiConfig, source: YamlSource, problems: ConfigProblem[]): void {
  if (api.listen === null) return;
  const address = parseListen(api.listen);
  if (address === null) {
    const hint = 'such as 127.0.0.1:8420, 0.0.0.0:8420 or "[::1]:8420"';
    problems.push(source.problem(['api', 'listen'], 'expected an IP address and a port', { hint }));
  } else if (!isLoopback(address) && api.tokens.length === 0) {
    const message = `${api.listen} can be reached from other machines, and anybody there could use it: there are no tokens`;
    const hint = 'listen on 127.0.0.1, or add api.tokens with a name and a secret';
    problems.push(source.problem(['api', 'listen'], message, { hint }));
  } else if (api.tokens.length === 0) {
    // What a proxy passes on comes from this machine: without tokens everybody behind it would be an administrator.
    for (const key of ['hosts', 'trust_proxy'] as const) {
      if (api[key].length === 0) continue;
      const message = 'a proxy brings in others, and each of them could do everything: there are no tokens';
      const hint = 'leave it out, or add api.tokens with a name and a secret';
      problems.push(source.problem(['api', key], message, { hint, at: 'key' }));
    }
  }
}
