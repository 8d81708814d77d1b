// Compressed bytes and requests of a visit, as they came over the wire, without headers. The budgets are those of the design.

const KB = 1024;

/** Budgets: first visit, repeat visit, one list page, nodes, style, script. */
export const BUDGET = {
  first: { bytes: 60 * KB, requests: 6 }, repeat: { bytes: 20 * KB, requests: 2 },
  html: 30 * KB, nodes: 1500, css: 12 * KB, js: 23 * KB,
};

/** Visits a path and measures what came over the wire; cached answers weigh nothing. */
export async function visit(page, path) {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const asked = new Map();
  session.on('Network.requestWillBeSent', ({ requestId, request, type }) => {
    if (!/^data:|^blob:/.test(request.url)) asked.set(requestId, { url: request.url, type, bytes: 0, head: 0 });
  });
  session.on('Network.requestServedFromCache', ({ requestId }) => asked.delete(requestId));
  session.on('Network.responseReceived', ({ requestId, response, type }) => {
    const one = asked.get(requestId);
    if (!one) return;
    one.type = type;
    one.head = response.encodedDataLength;
    if (response.fromDiskCache || response.fromPrefetchCache) asked.delete(requestId);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const one = asked.get(requestId);
    if (one) one.bytes = Math.max(0, encodedDataLength - one.head);
  });
  await page.goto(path, { waitUntil: 'load' });
  await page.waitForTimeout(400);
  const nodes = await page.evaluate(() => document.getElementsByTagName('*').length);
  await session.detach();
  // The live channel stays open: it is no part of a visit.
  const all = [...asked.values()].filter((r) => r.type !== 'EventSource');
  const sum = (list) => list.reduce((total, r) => total + r.bytes, 0);
  const of = (type) => sum(all.filter((r) => r.type === type));
  return {
    path, requests: all.length, bytes: sum(all), nodes, html: of('Document'),
    css: of('Stylesheet'), js: of('Script'), urls: all.map((r) => `${new URL(r.url).pathname} ${r.bytes}`),
  };
}

/** What is over budget in a first and a repeat visit, one line each; a list may weigh its own. */
export function over(first, repeat, { list = false } = {}) {
  const lines = [];
  const check = (what, value, limit) => {
    if (value > limit) lines.push(`${first.path}: ${what} ${value} > ${limit}`);
  };
  check('bytes de la primera visita', first.bytes, BUDGET.first.bytes);
  check('pedidos de la primera visita', first.requests, BUDGET.first.requests);
  check('bytes al volver', repeat.bytes, list ? BUDGET.html : BUDGET.repeat.bytes);
  check('pedidos al volver', repeat.requests, BUDGET.repeat.requests);
  check('HTML', first.html, BUDGET.html);
  check('nodos', first.nodes, BUDGET.nodes);
  check('CSS', first.css, BUDGET.css);
  check('JS', first.js, BUDGET.js);
  return lines;
}
