// What goes wrong without anybody seeing it: console messages, script errors, failed requests,
// requests to other sites, answers above 399. A journey fails if something was not expected.

/** Collects the silent faults of a context. */
export class Watch {
  constructor(url) {
    this.origin = new URL(url).origin;
    this.faults = [];
    // The browser says aloud that leaving cleared what it kept; that is the wish.
    this.allowed = [/Clear-Site-Data header/];
  }

  /** Listens to a page. */
  follow(page) {
    const note = (text) => {
      if (!this.allowed.some((pattern) => pattern.test(text))) this.faults.push(text);
    };
    const place = () => {
      try { return new URL(page.url()).pathname; } catch { return ''; }
    };
    // A form of settings holds several secrets; the browser takes them for several sign-ins and says so.
    const advice = (m) => m.type() === 'verbose' && m.text().startsWith('[DOM] Multiple forms should be contained');
    page.on('console', (m) => !advice(m) && note(`console ${m.type()} en ${place()}: ${m.text()}`));
    page.on('pageerror', (e) => note(`script en ${place()}: ${e.message}`));
    page.on('crash', () => note(`la página se cayó en ${place()}`));
    page.on('requestfailed', (r) => {
      // A navigation or a stream given up because the person went on is no fault.
      const reason = r.failure()?.errorText ?? '';
      if (/ERR_ABORTED/.test(reason)) return;
      note(`pedido ${r.method()} ${r.url().replace(this.origin, '')}: ${reason}`);
    });
    page.on('request', (r) => {
      const url = r.url();
      if (!url.startsWith(this.origin) && !/^(data|blob|about|chrome)/.test(url)) {
        note(`pedido a otro sitio: ${url}`);
      }
    });
    page.on('response', (r) => {
      if (r.status() >= 400) note(`respuesta ${r.status()} a ${r.request().method()} ${r.url().replace(this.origin, '')}`);
    });
  }

  /** Does something during which these faults are expected. */
  async allowing(patterns, work) {
    const before = this.allowed;
    this.allowed = [...before, ...[patterns].flat()];
    try { return await work(); } finally {
      // Messages of the console come a moment after the answer.
      await new Promise((done) => setTimeout(done, 150));
      this.allowed = before;
    }
  }

  /** An answer with this status is what the journey wants. */
  refusing(status, work) {
    return this.allowing([new RegExp(`respuesta ${status} `), new RegExp(`status of ${status}`),
      new RegExp(`Response Status Error Code ${status}`)], work);
  }

  /** Fails if something was noted since the last time. */
  check() {
    const faults = this.faults.splice(0);
    if (faults.length) throw new Error(`fallas calladas:\n  ${[...new Set(faults)].join('\n  ')}`);
  }
}
