// Every page that can be reached or is listed, in both themes and both sizes: axe with all its rules,
// one heading, a description, nothing that moves by itself, no sideways scroll.

import { DESK, PHONE, shifts } from '../lib/browser.mjs';
import { violations } from '../lib/axe.mjs';
import { signedIn } from '../lib/people.mjs';
import { isPage, listed, shape } from '../lib/routes.mjs';
import { fits } from '../lib/shots.mjs';

export const name = 'accesibilidad';
export const title = 'Toda página en ambos temas: axe, título, forma, sin saltos';
export const limit = 280_000;

const START = ['/', '/entrar', '/recuperar', '/ayuda', '/admin', '/facturacion', '/_galeria',
  '/buscar?q=ja', '/perfil/atajos', '/perfil', ...['publico', 'telefono', 'impresion'].map((v) => `/_galeria/vista/${v}`)];
// The refusals, as the gallery shows them.
const REFUSALS = [403, 404, 409, 422, 500].map((status) => `/_galeria/error/${status}`);
const MOST = 140;
// Pages that are listed but need a state that a visit cannot give; each has its own journey.
const ELSEWHERE = [/^\/f\//, /^\/webhooks\//, /^\/baja\//, /^\/instalar/, /^\/recuperar\/\{/, /^\/oidc/, /^\/entrar\//, /lote/, /\.(pdf|xml|csv|zip)$/];

export async function run(world, step) {
  const templates = listed();
  const seen = new Map();
  const faults = [];
  const page = await step('entrar como administrador', () => signedIn(world, 'administrador'));
  const phone = await signedIn(world, 'administrador', { size: PHONE, theme: 'dark' });
  await step('recorrer los enlaces', async () => {
    const plain = templates.filter((t) => !t.includes('{') && isPage(t) && !ELSEWHERE.some((e) => e.test(t)));
    const queue = [...START, ...plain];
    while (queue.length && seen.size < MOST) {
      const path = queue.shift();
      const key = path.startsWith('/_galeria') ? path : shape(path.split('?')[0], templates);
      if (seen.has(key)) continue;
      seen.set(key, path);
      const links = await look(page, phone, path, faults);
      for (const link of links) {
        const bare = link.split('?')[0].split('#')[0];
        // The gallery's links are samples: they lead nowhere but to its own pages.
        if (path.startsWith('/_galeria') && !bare.startsWith('/_galeria')) continue;
        if (isPage(bare) && !seen.has(shape(bare, templates))) queue.push(bare);
      }
    }
  });
  await step('mirar los rechazos', async () => {
    for (const path of REFUSALS) await look(page, phone, path, faults);
  });
  world.journey.notes.push(`${seen.size} páginas, dos temas, dos tamaños`);
  const unseen = templates.filter((t) => isPage(t) && !seen.has(t) && !ELSEWHERE.some((e) => e.test(t)));
  if (unseen.length) world.journey.notes.push(`nadie llega por enlaces a: ${unseen.join(' ')}`);
  if (faults.length) {
    throw new Error(`${faults.length} faltas en ${seen.size} páginas:\n${faults.join('\n')}`);
  }
}

/** Looks at one address, on a desk in light and on a phone in dark; returns the links it has. */
async function look(page, phone, path, faults) {
  const fault = (text) => faults.push(`${path}: ${text}`);
  if (!await open(page, path, fault)) return [];
  (await shapeFaults(page)).forEach(fault);
  await judge(page, DESK, 'claro', fault);
  if (await open(phone, path, fault)) await judge(phone, PHONE, 'oscuro', fault);
  return page.evaluate(() => [...document.querySelectorAll('a[href]')].map((a) => a.getAttribute('href')));
}

/** Opens a page; `false` if it is none, which is a fault if it answers badly. */
async function open(page, path, fault) {
  let answer;
  try {
    answer = await page.goto(path, { waitUntil: 'load' });
  } catch (error) {
    if (!/Download is starting/.test(error.message)) fault(error.message.split('\n')[0]);
    return false;
  }
  const refusal = Number(path.match(/^\/_galeria\/error\/(\d+)$/)?.[1]);
  if (refusal && answer?.status() === refusal) {
    await page.waitForTimeout(150);
    page.watch.faults.length = 0;
    return true;
  }
  if (!answer || answer.status() >= 400) {
    page.watch.faults.length = 0;
    fault(`responde ${answer?.status()}`);
    return false;
  }
  return /html/.test(answer.headers()['content-type'] ?? '');
}

async function judge(page, size, theme, fault) {
  try { await fits(page, `a ${size.width} px`); } catch (error) { fault(error.message); }
  // As tall as the page: a bar fixed at the bottom covers nothing that a scroll would uncover.
  const tall = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: size.width, height: Math.max(size.height, Math.min(tall + 80, 24_000)) });
  (await violations(page)).forEach((v) => fault(`${theme} ${size.width}: ${v}`));
  await page.setViewportSize(size);
  page.watch.faults.splice(0).forEach(fault);
}

async function shapeFaults(page) {
  const faults = await page.evaluate(() => {
    const found = [];
    const count = (selector) => document.querySelectorAll(selector).length;
    if (count('h1') !== 1) found.push(`tiene ${count('h1')} h1`);
    if (count('main#contenido[tabindex="-1"]') !== 1) found.push('no tiene main#contenido');
    if (!document.documentElement.lang) found.push('no dice su idioma');
    if (!document.querySelector('meta[name=description]')?.content) found.push('no tiene descripción');
    if (!document.title.trim()) found.push('no tiene título');
    const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
    const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
    if (twice.length) found.push(`ids repetidos: ${[...new Set(twice)].join(', ')}`);
    const keys = document.body.innerText.match(/\b[a-z]+(-[a-z0-9]+){2,}\b/g) ?? [];
    const raw = keys.filter((k) => /^(kit|menu|error|estado|clientes|catalogo|contratos|facturacion|fiscal|plataforma|migracion|factura|corrida)-/.test(k));
    if (raw.length) found.push(`claves sin texto a la vista: ${[...new Set(raw)].slice(0, 5).join(', ')}`);
    return found;
  });
  let { sum, what } = await shifts(page);
  if (sum > 0.001) {
    // A page drawn while its rows still arrive may move once on a busy machine; one that moves by
    // itself does it every time.
    await page.reload();
    await page.waitForTimeout(150);
    ({ sum, what } = await shifts(page));
  }
  if (sum > 0.001) faults.push(`se mueve sola: CLS ${sum.toFixed(3)} (${what.slice(0, 3).join(', ')})`);
  return faults;
}
