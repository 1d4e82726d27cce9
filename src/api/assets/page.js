// What the pages can do with script; all of them work without. One part for each page, no library.

/** Filters lie open where there is room beside the grid. */
function openFilters() {
  const filters = document.querySelector('.filters');
  if (filters !== null && matchMedia('(min-width: 761px)').matches) filters.open = true;
}

/** On a phone the places do not fit beside each other: that of this page is brought into sight. */
function showPlace() {
  const nav = document.querySelector('.top nav');
  const here = nav?.querySelector('[aria-current]') ?? null;
  if (here !== null)
    nav.scrollLeft = here.offsetLeft - nav.offsetLeft - (nav.clientWidth - here.clientWidth) / 2;
}

/** Search by picture: drop, paste or choose; the answer comes without leaving the page. */
function searchByPicture() {
  const form = document.querySelector('[data-drop]');
  if (form === null) return;
  const zone = form.querySelector('.zone');
  const input = form.querySelector('input[type=file]');
  const preview = form.querySelector('.preview');
  const status = form.querySelector('.status');
  const results = document.querySelector('#results');
  let latest = 0;

  async function search() {
    const ticket = ++latest;
    status.textContent = status.dataset.busy;
    try {
      const response = await fetch(form.action, { method: 'POST', body: new FormData(form) });
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      if (ticket !== latest) return;
      const found = page.querySelector('#results') ?? page.querySelector('main');
      results.replaceChildren(...document.importNode(found, true).childNodes);
      status.textContent = '';
    } catch {
      if (ticket === latest) status.textContent = status.dataset.failed;
    }
  }

  function take(files) {
    const file = [...files].find((one) => one.type.startsWith('image/'));
    if (file === undefined) return;
    const transfer = new DataTransfer();
    transfer.items.add(file);
    input.files = transfer.files;
    chosen();
  }

  function chosen() {
    const [file] = input.files;
    if (file === undefined) return;
    if (preview.src !== '') URL.revokeObjectURL(preview.src);
    preview.src = URL.createObjectURL(file);
    preview.hidden = false;
    void search();
  }

  input.addEventListener('change', chosen);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void search();
  });
  document.addEventListener('paste', (event) => take(event.clipboardData?.files ?? []));
  for (const name of ['dragover', 'dragenter']) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add('over');
    });
  }
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) zone.classList.remove('over');
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    zone.classList.remove('over');
    take(event.dataTransfer?.files ?? []);
  });
}

/** Under this name the last answers outlive the page, so that they can be taken back on the next one. */
const ANSWERED = 'fashiond.answered';
const MOST_ANSWERED = 40;

/** The review: a key answers, the next question is there at once, and an answer that was refused comes back. */
class Review {
  /** The questions of the page, answered one after the other. */
  start(box) {
    this.box = box;
    this.said = document.querySelector('[data-said]');
    const undo = document.querySelector('[data-undo]');
    this.undo = undo.querySelector('button');
    this.waiting = document.querySelector('[data-waiting]');
    this.questions = [...box.querySelectorAll('.question')];
    this.except = box.dataset.except.split(',').filter((id) => id !== '');
    const { done = [], takeBack = false } = JSON.parse(sessionStorage.getItem(ANSWERED) ?? '{}');
    this.done = done;
    this.undo.disabled = done.length === 0;
    this.isLeaving = false;
    this.sending = Promise.resolve();
    box.classList.add('live');
    box.addEventListener('submit', (event) => {
      event.preventDefault();
      this.answer(event.target, event.submitter?.value ?? 'skip');
    });
    undo.addEventListener('submit', (event) => {
      event.preventDefault();
      this.takeBack();
    });
    document.querySelector('[data-help]').addEventListener('click', () => this.help());
    document.addEventListener('keydown', (event) => this.key(event));
    if (this.questions.length > 0) this.show(this.questions[0]);
    if (takeBack) this.takeBack();
  }

  get now() {
    return this.box.querySelector('.question.now');
  }

  show(question) {
    this.now?.classList.remove('now');
    if (question === undefined) {
      // The answers have to be there before the next questions are asked for; one may be refused or taken back till then.
      this.send(() => {
        if (this.now === null) this.leave();
      });
      return;
    }
    question.classList.add('now');
    question.querySelector('.guesses button, button')?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  /** One after the other, in the order of the keys. */
  send(work) {
    const before = this.sending;
    this.sending = (async () => {
      await before;
      try {
        await work();
      } catch (error) {
        this.said.textContent = `${this.box.dataset.failed}: ${error.message}`;
      }
    })();
  }

  /** The page with the next questions: what was passed over does not come again. */
  next() {
    const skipped = this.done.filter(({ isSkipped }) => isSkipped).flatMap(({ items }) => items);
    const except = [...new Set([...this.except, ...skipped.map(String)])].slice(-400).join(',');
    return except === '' ? '/review' : `/review?except=${except}`;
  }

  leave() {
    this.isLeaving = true;
    this.remember();
    location.assign(this.next());
  }

  remember(takeBack = false) {
    const done = this.done
      .slice(-MOST_ANSWERED)
      .map(({ labels, items, isSkipped }) => ({ labels, items, isSkipped }));
    sessionStorage.setItem(ANSWERED, JSON.stringify({ done, takeBack }));
  }

  count(by) {
    this.waiting.textContent = String(Math.max(0, Number(this.waiting.textContent) + by));
  }

  answer(question, text) {
    const fields = new FormData(question);
    const [verdict, named] = text === 'other' ? ['category', fields.get('other')] : text.split(':');
    const items = fields.get('items').split(',').map(Number);
    const entry = { question, labels: [], items, isSkipped: verdict === 'skip' };
    this.done.push(entry);
    this.undo.disabled = false;
    if (verdict === 'skip') this.said.textContent = this.box.dataset.skip;
    else {
      const picture = fields.get('picture');
      const body = { items, verdict, category: named, picture, sample: fields.get('sample') };
      const button = question.querySelector(`button[value="${CSS.escape(text)}"]`);
      const option = question.querySelector(`select option[value="${CSS.escape(named ?? '')}"]`);
      // A button's key stands before its words.
      const name = option?.textContent ?? button?.lastChild.textContent;
      this.keep(entry, body, (name ?? verdict).trim());
    }
    this.show(this.questions.find((one) => !this.done.some((other) => other.question === one)));
  }

  keep(entry, body, name) {
    this.count(-entry.items.length);
    this.send(async () => {
      try {
        const kept = await call('POST', '/v1/labels', body);
        entry.labels = kept.labels.map(({ id }) => id);
        this.remember();
        this.said.textContent = `${this.box.dataset.labelled}: ${name}`;
      } catch (error) {
        this.done = this.done.filter((one) => one !== entry);
        this.count(entry.items.length);
        this.show(entry.question);
        throw error;
      }
    });
  }

  takeBack() {
    if (this.isLeaving) {
      // What is asked of the server now would be broken off: the next page does it.
      this.remember(true);
      return;
    }
    const entry = this.done.pop();
    if (entry === undefined) return;
    this.undo.disabled = this.done.length === 0;
    if (entry.question !== undefined) this.show(entry.question);
    this.send(async () => {
      for (const id of entry.labels) await call('DELETE', `/v1/labels/${id}`);
      if (entry.labels.length > 0) this.count(entry.items.length);
      this.said.textContent = this.box.dataset.takenBack;
      this.except = this.except.filter((id) => !entry.items.includes(Number(id)));
      this.remember();
      // Of an earlier page the question has to be asked for again.
      if (entry.question === undefined) this.leave();
    });
  }

  help() {
    this.said.textContent = document.querySelector('#keys-help').textContent;
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const question = this.now;
    const press = (value) => question?.querySelector(`button[value="${value}"]`)?.click();
    if (event.target.matches('select, input, textarea')) {
      if (event.key !== 'Enter' || !event.target.matches('.question select')) return;
      press('other');
    } else if (/^[1-9]$/.test(event.key)) {
      question?.querySelectorAll('.guesses button')[Number(event.key) - 1]?.click();
    } else if (event.key === 'n') press('none');
    else if (event.key === 'x') press('bad-picture');
    else if (event.key === 's') press('skip');
    else if (event.key === 'u') this.takeBack();
    else if (event.key === 'c') question?.querySelector('select')?.focus();
    else if (event.key === '?') this.help();
    else return;
    event.preventDefault();
  }
}

function review() {
  const box = document.querySelector('[data-review]');
  if (box !== null) new Review().start(box);
}

async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail ?? response.statusText);
  return answer;
}

/** Pages of what goes on are read again, unless somebody is in the middle of them. */
async function refreshed() {
  const current = document.querySelector('[data-refresh]');
  if (document.hidden || current.contains(document.activeElement)) return;
  const response = await fetch(location.href);
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const fresh = page.querySelector('[data-refresh]');
  if (fresh !== null) current.replaceWith(document.importNode(fresh, true));
}

function refresh() {
  const part = document.querySelector('[data-refresh]');
  if (part === null) return;
  // A server that is away for a moment is asked again the next time.
  setInterval(() => void refreshed().catch(() => undefined), Number(part.dataset.refresh) * 1000);
}

openFilters();
showPlace();
searchByPicture();
review();
refresh();
