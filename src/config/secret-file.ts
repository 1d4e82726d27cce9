/** Secrets that stand in files of their own, such as those of systemd's LoadCredential. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { messageOf } from '../domain/errors.js';
import { isUnavailable, mayNotRead } from './missing-secrets.js';
import type { ConfigProblem } from './problems.js';
import type { ShopFile } from './schema.js';
import type { YamlSource } from './yaml-source.js';

/** The shop with the password of its proxy read from the file that holds it; without one where it is not to be had here. */
export async function withSecrets(
  shop: ShopFile,
  source: YamlSource,
  problems: ConfigProblem[],
): Promise<ShopFile> {
  const { proxy } = shop;
  if (proxy === null) return shop;
  if (isUnavailable(proxy.password) || isUnavailable(proxy.password_file)) {
    return { ...shop, proxy: { ...proxy, password: null } };
  }
  if (proxy.password_file === null) return shop;
  const at = ['proxy', 'password_file'];
  if (proxy.password !== null) {
    problems.push(
      source.problem(at, 'the password stands in proxy.password already', { hint: 'leave one out' }),
    );
    return shop;
  }
  const path = resolve(dirname(source.file), proxy.password_file);
  try {
    const [password = ''] = (await readFile(path, 'utf8')).split(/\r?\n/);
    if (password === '') problems.push(source.problem(at, `the first line of ${path} is empty`));
    return { ...shop, proxy: { ...proxy, password } };
  } catch (error) {
    const hint = 'a file whose first line is the password, readable for the user that runs fashiond';
    const problem = source.problem(at, `cannot read ${path}: ${messageOf(error)}`, { hint });
    problems.push(mayNotRead(error) ? { ...problem, isMissingSecret: true } : problem);
    return shop;
  }
}
