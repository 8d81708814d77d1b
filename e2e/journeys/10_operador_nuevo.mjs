// A new operator, never shown the program: signs in, finds a customer by half a name, sees why last
// month's invoice differs, runs the month, mends a rejected invoice, downloads its PDF. Every state is
// kept in light and dark, 360 and 1366 px: people look at them.

import { readFileSync } from 'node:fs';
import { person } from '../lib/browser.mjs';
import { must } from '../lib/journey.mjs';
import { account } from '../lib/people.mjs';
import { fourShots } from '../lib/shots.mjs';

export const name = 'operador-nuevo';
export const title = 'Operador nuevo: buscar, entender un cambio, correr el mes, corregir un rechazo, bajar el PDF';
export const limit = 240_000;

// The two customers of the demo whose postal code is not that of the tax office, and the right one.
const RIGHT = { XIMENA: '64610', ÓSCAR: '66220' };

/** Last day of this month where the company is. */
function closing() {
  const [year, month] = new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/Mexico_City' }).format(new Date()).split('-').map(Number);
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}

const follow = (page, locator, wanted) => Promise.all([page.waitForURL(wanted), locator.click()]);
const main = (page) => page.locator('main').innerText();

export async function run(world, step) {
  const page = await person(world);
  const shots = (label) => fourShots(world, page, label);
  const who = account(world, 'operador');

  await step('entrar', async () => {
    await page.goto('/entrar');
    await shots('01-entrar');
    await page.getByLabel('Correo').fill(who.mail);
    await page.getByLabel('Contraseña').fill(who.password);
    await follow(page, page.getByRole('button', { name: 'Entrar', exact: true }), (url) => url.pathname !== '/entrar');
    await shots('02-inicio');
  });

  await step('encontrar a un cliente con medio nombre', async () => {
    await page.locator('[data-buscar]').fill('mar');
    await Promise.all([page.waitForURL(/\/buscar\?/), page.keyboard.press('Enter')]);
    await shots('03-buscar');
    await page.locator('[data-buscar]').fill('mosc');
    // Only one fits: the search goes to its sheet.
    await Promise.all([page.waitForURL(/C-66489/), page.keyboard.press('Enter')]);
    must(/javier mosca/i.test(await page.locator('h1').innerText()), 'la ficha no es la de Javier');
    await shots('04-ficha');
  });

  await step('ver por qué cambió la factura del mes pasado', async () => {
    await follow(page, page.locator('main nav').getByRole('link', { name: 'Facturas' }).first(), /facturas/);
    await shots('05-sus-facturas');
    await follow(page, page.locator('main table tbody a').first(), /\/facturacion\/facturas\//);
    const change = await page.locator('#cambio').innerText();
    must(/cambio de plan/i.test(change), `la causa no dice que cambió de plan: ${change}`);
    must(/300/.test(change), `la causa no nombra el plan nuevo: ${change}`);
    await shots('06-por-que-cambio');
  });

  await step('preparar la corrida del mes', async () => {
    await page.goto('/facturacion');
    await follow(page, page.locator('nav.riel').getByRole('link', { name: 'Corridas' }), /\/corridas$/);
    await shots('07-corridas');
    await follow(page, page.getByRole('link', { name: 'Nueva corrida' }).first(), /nueva/);
    await page.getByLabel('Día de la corrida').fill(closing());
    await shots('08-definir');
    await follow(page, page.getByRole('button', { name: 'Revisar' }), /\/revisar/);
    await page.getByLabel(/escribir la cantidad/).waitFor({ timeout: 45_000 });
    await shots('09-revisar');
  });

  await step('emitir: sin la cantidad no, con la cantidad sí, y ver el avance', async () => {
    const field = page.getByLabel(/escribir la cantidad/);
    const count = (await page.locator('label[for=c-cantidad]').innerText()).match(/(\d+)\s*$/)[1];
    const emit = page.getByRole('button', { name: /^(emitir|timbrar)/i });
    await field.fill('1');
    await page.watch.refusing(422, async () => {
      await emit.click();
      await page.locator('[aria-invalid=true]').waitFor();
    });
    await field.fill(count);
    await follow(page, emit, (url) => /\/corridas\/[^/]+$/.test(url.pathname));
    await page.locator('#avance').waitFor();
    await shots('10-avance');
    await page.locator('#rechazos').waitFor({ timeout: 90_000 });
    await page.locator('#avance:not([hx-get])').waitFor({ timeout: 90_000 });
    await shots('11-resultado');
    const text = await main(page);
    must(/código postal|domicilio/i.test(text), 'el resultado no dice qué dato está mal');
  });

  await step('corregir la factura rechazada', async () => {
    await follow(page, page.locator('#rechazos').getByRole('link', { name: 'Ver estas' }).first(), /\/facturas\?/);
    await follow(page, page.locator('#lista tbody a').first(), /\/facturas\/[^?]/);
    await shots('12-rechazada');
    const receiver = (await main(page)).toUpperCase();
    const postal = RIGHT[Object.keys(RIGHT).find((n) => receiver.includes(n))];
    must(postal, 'la rechazada no es de Ximena ni de Óscar');
    await follow(page, page.locator('main').getByRole('link', { name: 'Corregir los datos del cliente' }).first(), /editar/);
    const field = page.locator('[name=codigo_postal]');
    await field.fill(postal);
    await shots('13-corregir-dato');
    await follow(page, page.locator('main form.formulario button[type=submit]').first(), (url) => !url.pathname.endsWith('/editar'));
    await page.goBack();
    await page.goBack();
    await page.waitForURL(/\/facturas\//);
    await page.getByRole('button', { name: 'Emitir de nuevo' }).click();
    await page.waitForLoadState('load');
    await accepted(page);
    await shots('14-aceptada');
  });

  await step('bajar el PDF', async () => {
    const link = page.locator('main a[download]', { hasText: /pdf/i }).or(page.locator('main a[href$="/pdf"]')).first();
    const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
    const bytes = readFileSync(await file.path());
    must(bytes.subarray(0, 5).toString() === '%PDF-', 'lo que baja no es un PDF');
    must(bytes.length < 80 * 1024, `el PDF pesa ${bytes.length} bytes`);
    must(/^[A-Z0-9-]+_[A-Z0-9]+\.pdf$/i.test(file.suggestedFilename()), `el nombre es ${file.suggestedFilename()}`);
    world.journey.notes.push(`PDF ${file.suggestedFilename()}, ${bytes.length} bytes`);
  });
}

/** Waits until the newest document of the page is accepted; the page may change by itself or not. */
async function accepted(page) {
  for (let i = 0; i < 30; i += 1) {
    if (/aceptada|timbrada/i.test(await page.locator('#legal').innerText()) && await page.locator('main a[href$="/pdf"]').count()) return;
    await page.waitForTimeout(1000);
    if (i % 5 === 4) await page.reload();
  }
  throw new Error(`la factura corregida no llegó a aceptada en 30 s: ${(await page.locator('#legal').innerText()).slice(0, 300)}`);
}
