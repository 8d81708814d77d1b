// What the library of the journeys must catch: every helper sees its fault on a page made for it and
// passes a good page. It needs no Ramal.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { violations } from '../lib/axe.mjs';
import { launch, person, shifts } from '../lib/browser.mjs';
import { walk } from '../lib/journey.mjs';
import { tabTo } from '../lib/keyboard.mjs';
import { accounts } from '../lib/people.mjs';
import { matcher, shape } from '../lib/routes.mjs';
import { fits, fourShots } from '../lib/shots.mjs';
import { totp } from '../lib/totp.mjs';
import { visit } from '../lib/weight.mjs';

const HEAD = '<!doctype html><html lang="es"><head><title>Prueba</title><link rel="icon" href="data:,">'
  + '<meta name="viewport" content="width=device-width">';
const PAGES = {
  '/buena': `${HEAD}<link rel="stylesheet" href="/a.css"></head><body><main id="contenido"><h1>Hola</h1>
    <a href="/uno">uno</a> <a href="/dos">dos</a></main></body></html>`,
  '/mala': `${HEAD}</head><body><main><h1>Hola</h1><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">
    <p style="color:#bbb">gris</p><a href="/x" style="outline:none">sin foco</a></main></body></html>`,
  '/ancha': `${HEAD}</head><body><p style="width:2000px">ancha</p></body></html>`,
  '/habla': `${HEAD}</head><body><script>console.log('algo')</script><img src="/falta.png" alt=""></body></html>`,
  '/lejos': `${HEAD}</head><body><img src="http://127.0.0.1:1/x.png" alt=""></body></html>`,
  '/salta': `${HEAD}</head><body><p>arriba</p><script>setTimeout(() => {
    const d = document.createElement('div'); d.style.height = '300px'; document.body.prepend(d); }, 50);</script></body></html>`,
  '/tapada': `${HEAD}</head><body style="height:3000px"><div style="position:fixed;inset:0;background:#fff"></div><a href="/x">tapado</a></body></html>`,
};
const CSS = 'a:focus{outline:3px solid #077c86}'.padEnd(5000, ' ');

let server;
let world;

before(async () => {
  server = createServer((request, response) => {
    const page = PAGES[request.url];
    if (request.url === '/a.css') {
      response.writeHead(200, { 'content-type': 'text/css', 'cache-control': 'max-age=600, immutable' });
      return response.end(CSS);
    }
    response.writeHead(page ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' });
    return response.end(page ?? 'no');
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  const out = mkdtempSync(join(tmpdir(), 'ramal-e2e-'));
  const url = `http://127.0.0.1:${server.address().port}`;
  const journey = { name: 'prueba', steps: [], shots: [], notes: [] };
  world = { url, out, open: [], journey, browser: await launch(), accounts: [] };
});

after(async () => {
  await world.browser.close();
  server.close();
  rmSync(world.out, { recursive: true });
});

test('a good page passes every look', async () => {
  const page = await person(world);
  await page.goto('/buena');
  assert.deepEqual(await violations(page), []);
  await fits(page, 'buena');
  assert.equal((await shifts(page)).sum, 0);
  await tabTo(page, 'dos', (at) => at.name === 'dos');
  page.watch.check();
});

test('axe sees an image without text and a grey nobody can read', async () => {
  const page = await person(world);
  await page.goto('/mala');
  const ids = (await violations(page)).map((v) => v.split(':')[0]);
  assert.ok(ids.includes('image-alt') && ids.includes('color-contrast'), ids.join());
});

test('a focus that is not seen or is covered fails the keyboard', async () => {
  const page = await person(world);
  await page.goto('/mala');
  await assert.rejects(tabTo(page, 'nada', () => false, { limit: 3 }), /no se ve/);
  await page.goto('/tapada');
  await assert.rejects(tabTo(page, 'nada', () => false, { limit: 3 }), /queda tapado/);
  await page.goto('/buena');
  await assert.rejects(tabTo(page, 'nada', () => false, { limit: 2 }), /no se llega a nada/);
});

test('a page wider than the screen is found', async () => {
  const page = await person(world);
  await page.goto('/ancha');
  await assert.rejects(fits(page, 'ancha'), /se desplaza de costado/);
});

test('silent faults are heard unless they are expected', async () => {
  const page = await person(world);
  await page.goto('/habla', { waitUntil: 'networkidle' });
  assert.throws(() => page.watch.check(), /(console log.*algo[\s\S]*respuesta 404|respuesta 404[\s\S]*console log.*algo)/);
  await page.goto('/lejos', { waitUntil: 'networkidle' });
  assert.throws(() => page.watch.check(), /pedido a otro sitio/);
  await page.watch.refusing(404, () => page.goto('/no-existe'));
  page.watch.check();
  await page.goto('/no-existe');
  assert.throws(() => page.watch.check(), /404/);
});

test('a page that moves by itself is measured', async () => {
  const page = await person(world);
  await page.goto('/salta');
  await page.waitForTimeout(400);
  assert.ok((await shifts(page)).sum > 0.05);
});

test('a repeat visit takes the style from the cache', async () => {
  const page = await person(world);
  const first = await visit(page, '/buena');
  const repeat = await visit(page, '/buena');
  assert.equal(first.requests, 2, first.urls.join());
  assert.ok(first.css > 5000 && first.html > 200);
  assert.equal(repeat.requests, 1, repeat.urls.join());
});

test('four screenshots, two themes and two sizes, are small files', async () => {
  const page = await person(world);
  await page.goto('/buena');
  await fourShots(world, page, '01-buena');
  const folder = join(world.out, 'prueba');
  const files = readdirSync(folder);
  assert.equal(files.length, 4, files.join());
  for (const file of files) {
    const bytes = readFileSync(join(folder, file));
    assert.equal(bytes.subarray(8, 12).toString(), 'WEBP');
    assert.ok(bytes.length < 60_000, `${file} ${bytes.length}`);
  }
});

test('a journey that fails keeps its step, its message and a picture', async () => {
  const module = {
    name: 'rota', title: 'Rota',
    run: async (w, step) => {
      const page = await person(w);
      await step('abrir', () => page.goto('/buena'));
      await step('fallar', () => { throw new Error('a propósito'); });
    },
  };
  const journey = await walk(world, module);
  assert.equal(journey.ok, false);
  assert.equal(journey.at, 'fallar');
  assert.equal(journey.error, 'a propósito');
  assert.ok(journey.shots.length > 0);
});

test('accounts are found wherever the demo puts them', () => {
  const told = { clientes: 3, cuentas: [{ rol: 'operador', correo: 'a@b.example', contrasena: 'x' }] };
  assert.deepEqual(accounts(told).map((a) => [a.mail, a.roles[0]]), [['a@b.example', 'operador']]);
});

test('paths are known by the template they fit', () => {
  const templates = ['/admin/clientes', '/admin/clientes/{codigo}', '/admin/clientes/nuevo'];
  assert.equal(shape('/admin/clientes/nuevo', templates), '/admin/clientes/nuevo');
  assert.equal(shape('/admin/clientes/C-66489', templates), '/admin/clientes/{codigo}');
  assert.equal(shape('/otra/F001-00012345', templates), '/otra/{}');
  assert.ok(matcher('/f/{ficha}.pdf').test('/f/abc.pdf'));
});

test('codes of an authenticator are those of RFC 6238', () => {
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  assert.equal(totp(secret, 59_000), '287082');
  assert.equal(totp(secret, 1_111_111_109_000), '081804');
});
