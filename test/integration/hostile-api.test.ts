/** What somebody who means ill may send to the API and the page. */
import { readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { rawAnswer } from '../support/raw-request.js';
import { readTimes } from '../support/steady-reader.js';
import { serveCatalogue } from '../support/served-catalogue.js';
import type { ServedCatalogue } from '../support/served-catalogue.js';
import { picture, productPage, smallItems } from '../support/small-shop.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const READER = 'reader-secret-0123456789';
const ANN = 'ann-secret-0123456789';
/** What gets past the reader of pages, which takes elements out of titles. */
const TITLE = `x" onmouseover="alert(1)" '< script>`;

/** Callers of their own, for more than one may ask. */
const FLOOD = ['flood-1', 'flood-2', 'flood-3', 'flood-4'];
const READERS = ['calm-1', 'calm-2', 'calm-3', 'calm-4'];
const secretOf = (name: string): string => `${name}-secret-0123456789`;

const OPERATOR = 'operator-secret-0123456789';
const operatorFile = join(temporaryFolder(), 'token');
writeFileSync(operatorFile, OPERATOR);

let served: ServedCatalogue;
beforeAll(async () => {
  const page = productPage({ ...smallItems(1)[0]!, title: TITLE });
  served = await serveCatalogue({
    items: 4,
    routes: { '/products/1': { body: page } },
    api: {
      tokens: [
        { name: 'front', secret: READER },
        { name: 'ann', scope: 'review', secret: ANN },
        { name: 'operator', scope: 'admin', secret_file: operatorFile },
        ...[...FLOOD, ...READERS].map((name) => ({ name, secret: secretOf(name) })),
      ],
      request_timeout: '4s',
      rate: 1,
      burst: 150,
    },
  });
}, 120_000);
afterAll(() => served.close());

const ask = (
  path: string,
  init: RequestInit & { readonly token?: string | null; readonly duplex?: 'half' } = {},
): Promise<Response> => {
  const { token = READER, headers, ...rest } = init;
  const auth = token === null ? {} : { authorization: `Bearer ${token}` };
  return fetch(served.url + path, {
    redirect: 'manual',
    ...rest,
    headers: { ...auth, ...(headers as object) },
  });
};
/** What the server says to these bytes; a reviewer asks. */
const answerTo = (
  line: string,
  headers: Readonly<Record<string, string | number>>,
  ...body: readonly (string | Uint8Array)[]
): Promise<string> => rawAnswer(served.url, line, { authorization: `Bearer ${ANN}`, ...headers }, ...body);
const problem = async (response: Response) => {
  const { status, code, detail } = (await response.json()) as Record<string, unknown>;
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  return { status, code, detail };
};
const upload = (body: NonNullable<RequestInit['body']>, type: string) =>
  ask('/v1/classify', { method: 'POST', body, headers: { 'content-type': type } });

describe('a shop', () => {
  it('puts no markup of its own into a page', async () => {
    const { items } = (await (await ask('/v1/items?limit=200')).json()) as {
      items: { id: number; title: string }[];
    };
    const hostile = items.find(({ title }) => title === TITLE)!;
    for (const path of ['/', `/items/${hostile.id}`]) {
      const response = await ask(path, { token: ANN });
      const html = await response.text();
      expect(html).toContain('x&quot; onmouseover=&quot;alert(1)&quot; &#39;&lt; script&gt;');
      expect(html).not.toContain('onmouseover="');
      expect(response.headers.get('content-security-policy')).toMatch(/script-src 'self';.*base-uri 'none'/);
    }
    expect(await (await ask('/review', { token: ANN })).text()).not.toContain('onmouseover="');
  });
});

describe('a token', () => {
  it.each([
    ['none', null, '/v1/items', 401],
    ['a wrong one', `${READER}x`, '/v1/items', 401],
    ['none, for the metrics', null, '/metrics', 401],
    ['none, for a picture', null, `/v1/pictures/${'a'.repeat(64)}`, 401],
    ['one that only reads, for the review', READER, '/v1/review', 403],
    ['one that may review', ANN, '/v1/review', 200],
    ['none, for a probe', null, '/-/ready', 200],
  ])('is asked for: %s', async (_, token, path, status) => {
    expect((await ask(path, { token })).status).toBe(status);
  });

  it('is needed before a body is read', async () => {
    const response = await ask('/v1/labels', {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect(await problem(response)).toMatchObject({ status: 403 });
    expect(served.app.store.reviews.labels(10, null)).toEqual([]);
  });

  it('opens the page by a cookie that no script reads, and leads nowhere else', async () => {
    const form = (fields: Record<string, string>) => ({
      method: 'POST',
      body: new URLSearchParams(fields),
      token: null,
    });
    expect((await ask('/items/2', { token: null })).headers.get('location')).toBe('/login?to=%2Fitems%2F2');
    expect((await ask('/login', form({ token: 'guess' }))).status).toBe(401);
    for (const to of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)']) {
      expect((await ask('/login', form({ token: ANN, to }))).headers.get('location')).toBe('/');
      const switched = await ask(`/language/ja?to=${encodeURIComponent(to)}`, { token: null });
      expect(switched.headers.get('location')).toBe('/');
    }
    const signedIn = await ask('/login', form({ token: ANN, to: '/items/2' }));
    expect(signedIn.headers.get('location')).toBe('/items/2');
    const cookie = signedIn.headers.get('set-cookie')!;
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect(cookie).not.toContain(ANN);
    const session = { cookie: cookie.split(';')[0]! };
    expect((await ask('/review', { token: null, headers: session })).status).toBe(200);
    await ask('/logout', { method: 'POST', token: null, headers: session });
    expect((await ask('/review', { token: null, headers: session })).status).toBe(303);
  });

  it.each([
    ['https', true],
    ['http', false],
  ])('opens a page of %s by a cookie that stays with it', async (scheme, isSecure) => {
    const { host } = new URL(served.url);
    const form = `token=${ANN}`;
    const headers = {
      origin: `${scheme}://${host}`,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': form.length,
    };
    const answer = await answerTo('POST /login', headers, form);
    const [cookie] = /^set-cookie: fashiond_session=[\w-]{20,}.*$/im.exec(answer)!;
    expect(/; Secure(;|\s*$)/i.test(cookie)).toBe(isSecure);
  });

  it('that was rotated in its file works after a reload, and the old one and its session no more', async () => {
    const reload = (token: string) => ask('/-/reload', { method: 'POST', token });
    const body = new URLSearchParams({ token: OPERATOR });
    const signedIn = await ask('/login', { method: 'POST', body, token: null });
    const session = { cookie: signedIn.headers.get('set-cookie')!.split(';')[0]! };
    expect((await ask('/review', { token: null, headers: session })).status).toBe(200);
    writeFileSync(operatorFile, `${OPERATOR}-2\n`);
    expect((await reload(`${OPERATOR}-2`)).status).toBe(401);
    expect(await (await reload(OPERATOR)).json()).toEqual({ waitingForRestart: [] });
    expect((await reload(OPERATOR)).status).toBe(401);
    expect((await ask('/review', { token: null, headers: session })).status).toBe(303);
    expect((await ask('/v1/stats')).status).toBe(200);
    // What is too short to be a secret is no config: the one before stays in force.
    writeFileSync(operatorFile, 'short');
    expect((await reload(`${OPERATOR}-2`)).status).toBe(422);
    expect((await reload(`${OPERATOR}-2`)).status).toBe(422);
  });
});

describe('another web site', () => {
  it.each([
    ['a rebound name', {}, { host: 'rebound.example' }, 421],
    ['a form', { method: 'POST' }, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 403],
    ['a form of an old browser', { method: 'POST' }, { origin: 'https://evil.example' }, 403],
    ['a picture tag', {}, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
    ['a link', {}, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 200],
  ])(
    'gets no further than a link: %s',
    async (_, { method = 'GET' }: { method?: string }, headers, status) => {
      const answer = await answerTo(`${method} /v1/items`, { ...headers, 'content-length': 0 });
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(answer.toLowerCase()).not.toContain('access-control-allow-origin');
    },
  );
});

describe('an upload', () => {
  it.each([
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', /SVG is not accepted/],
    ['HTML', '<!doctype html><script>alert(1)</script>', /HTML is not accepted/],
    ['nothing', '', /0 bytes/],
    ['a torn JPEG', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), /truncated|undecodable/],
  ])('of %s that calls itself a picture is refused by its bytes', async (_, body, message) => {
    expect(await problem(await upload(body, 'image/jpeg'))).toEqual({
      status: 422,
      code: 'refused',
      detail: expect.stringMatching(message),
    });
  });

  it.each([
    ['HTML', 'text/html', 415],
    ['JSON', 'application/json', 415],
  ])('that is %s by its own word is not read', async (_, type, status) => {
    expect((await upload('{}', type)).status).toBe(status);
  });

  it('of more than 10 MiB is refused, told by its length, or as soon as it has grown too large', async () => {
    const uploads = temporaryFolder();
    vi.stubEnv('TMPDIR', uploads);
    const type = { 'content-type': 'image/jpeg' };
    const form = { 'content-type': 'multipart/form-data; boundary=x' };
    const length = { 'content-length': 11 * 1024 * 1024 };
    const chunked = { 'transfer-encoding': 'chunked' };
    const most = 10 * 1024 * 1024;
    const bytes = Buffer.alloc(most + 1);
    bytes.set([0xff, 0xd8, 0xff]);
    const part = '--x\r\ncontent-disposition: form-data; name="picture"; filename="a.jpg"\r\n\r\n';
    // None of them is sent to its end, so that no answer is lost with a connection that is cut.
    const grown = (before: string) => [`${(most + 2 + before.length).toString(16)}\r\n${before}`, bytes];
    const answers = [
      await answerTo('POST /v1/classify', { ...type, ...length }, bytes.subarray(0, 1000)),
      await answerTo('POST /v1/similar', { ...form, ...length }, part),
      await answerTo('POST /v1/classify', { ...type, ...chunked }, ...grown('')),
      await answerTo('POST /v1/similar', { ...form, ...chunked }, ...grown(part)),
    ];
    for (const answer of answers) {
      expect(answer).toMatch(/^HTTP\/1.1 413 /);
      expect(answer).toContain('the picture is larger than 10 MiB');
    }
    expect(readdirSync(uploads)).toEqual([]);
    vi.unstubAllEnvs();
    expect((await ask('/v1/stats')).status).toBe(200);
  });

  it('may call its file what it likes: no path comes of it, and nothing is left', async () => {
    const [uploads, elsewhere] = [temporaryFolder(), temporaryFolder()];
    vi.stubEnv('TMPDIR', uploads);
    const bytes = await picture(smallItems(2)[1]!);
    for (const name of [
      join(elsewhere, 'escape'),
      `../../../../../../../../../..${elsewhere}/escape`,
      '../escape',
    ]) {
      const form = new FormData();
      form.set('picture', new Blob([bytes]), name);
      expect((await ask('/v1/classify', { method: 'POST', body: form })).status).toBe(200);
    }
    vi.unstubAllEnvs();
    expect([readdirSync(uploads), readdirSync(elsewhere)]).toEqual([[], []]);
  });

  it('that trickles in is cut off', async () => {
    const { port } = new URL(served.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      `POST /v1/classify HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${READER}\r\n` +
        'content-type: image/jpeg\r\ncontent-length: 100000\r\n\r\n',
    );
    const trickle = setInterval(() => socket.write('x'), 100);
    socket.on('error', () => undefined);
    const startedAt = performance.now();
    await new Promise((resolve) => socket.on('close', resolve).resume());
    clearInterval(trickle);
    expect(performance.now() - startedAt).toBeLessThan(25_000);
  });
});

describe('paths', () => {
  it.each([
    '/assets/../../package.json',
    '/assets/%2e%2e%2f%2e%2e%2fpackage.json',
    '/v1/pictures/..%2f..%2ffashiond.db',
    '/models/..%2f..%2f..%2fetc%2fpasswd/report',
    '/v1/items/1%00',
    '/items/1e99',
    `/v1/items?q=${'x'.repeat(5000)}`,
    '/v1/items/%ff',
  ])('lead nowhere: %s', async (path) => {
    const response = await ask(path, { token: ANN });
    expect([path, response.status >= 400 && response.status < 500]).toEqual([path, true]);
  });
});

/** What a read may take beside a flood, on a machine that may be busy with other things. */
const MOST_P99_MS = 2000;
/** Of the runs that a crawl makes alone, what is left to it beside a flood, whose senders work in this process as well. */
const LEAST_PACE = 1 / 20;

describe('1,000 requests and more at once, pictures among them', () => {
  let slots = 0;
  /** Crawls the shop anew until `work` is done. Returns the runs a second. */
  const paceUntil = async (work: Promise<unknown>): Promise<number> => {
    const end = new AbortController();
    void work.finally(() => end.abort());
    let runs = 0;
    const startedAt = performance.now();
    while (!end.signal.aborted) {
      slots += 1;
      const slot = new Date(Date.UTC(2026, 0, 2) + slots * 60_000).toISOString();
      await served.app.crawl(served.shops[0]!, slot, { all: true });
      runs += 1;
    }
    return (1000 * runs) / (performance.now() - startedAt);
  };

  it(
    'are turned away with the time to wait, and a crawl goes on and ends as it should',
    { timeout: 120_000 },
    async () => {
      const alone = await paceUntil(new Promise((resolve) => setTimeout(resolve, 1000)));
      // So many that the slowest of all is beyond the 99th in a hundred. Of each caller fewer than its limit of 150 at once.
      const reader = readTimes(120, (time) =>
        ask('/v1/items/2', { token: secretOf(READERS[time % READERS.length]!) }),
      );
      const end = new AbortController();
      void reader.finally(() => end.abort());
      const body = await picture(smallItems(1)[0]!);
      const flood = Promise.all(
        Array.from({ length: 50 }, async (_, user) => {
          const token = secretOf(FLOOD[user % FLOOD.length]!);
          const own: { status: number; wait: string | null }[] = [];
          for (let time = 0; time < 20 || !end.signal.aborted; time++) {
            const response =
              time % 3 === 0
                ? await ask('/v1/classify', {
                    token,
                    method: 'POST',
                    body,
                    headers: { 'content-type': 'image/png' },
                  })
                : await ask('/v1/items/1', { token });
            await response.arrayBuffer();
            own.push({ status: response.status, wait: response.headers.get('retry-after') });
          }
          return own;
        }),
      ).then((all) => all.flat());
      const beside = await paceUntil(flood);
      const answers = await flood;
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused.length).toBeGreaterThan(100);
      expect(refused.every(({ wait }) => Number(wait) >= 1)).toBe(true);
      expect(answers.every(({ status }) => status === 200 || status === 429)).toBe(true);
      expect(answers.length - refused.length).toBeGreaterThanOrEqual(400);
      // Other callers are not held to account for it, and are answered in a time that has a bound.
      const { statuses, p99Ms } = await reader;
      expect([...new Set(statuses)]).toEqual([200]);
      expect(p99Ms).toBeLessThan(MOST_P99_MS);
      expect(beside / alone).toBeGreaterThan(LEAST_PACE);
      const [last] = served.app.store.browse.runs(null, 1, null).rows;
      expect(last).toMatchObject({ status: 'finished', health: 'green' });
    },
  );
});
