// A customer opens the invoice by the link that arrived on a cheap phone: no account, no script
// needed, nothing for search engines, and nobody else's invoice by changing a letter.

import { PHONE, person, shifts } from '../lib/browser.mjs';
import { inBothThemes } from '../lib/axe.mjs';
import { must, same } from '../lib/journey.mjs';
import { signedIn } from '../lib/people.mjs';
import { fourShots } from '../lib/shots.mjs';
import { over, visit } from '../lib/weight.mjs';

export const name = 'factura-publica';
export const title = 'La factura por su enlace en un teléfono de 360 px';

export async function run(world, step) {
  const link = await step('tomar el enlace de una factura', async () => {
    const staff = await signedIn(world, 'administrador');
    await staff.goto('/facturacion/facturas');
    await staff.locator('#lista tbody a').first().click();
    await staff.waitForURL(/\/facturas\/[^?]/);
    const codes = await staff.locator('main code').allInnerTexts();
    await staff.context().close();
    const url = codes.find((c) => c.includes('/f/'));
    must(url, 'la factura no muestra su enlace');
    return new URL(url).pathname;
  });
  const page = await person(world, { size: PHONE });
  await step('abrirlo en el teléfono', async () => {
    const answer = await page.goto(link);
    same(answer.status(), 200, 'el enlace');
    const head = answer.headers();
    must(/noindex/.test(head['x-robots-tag'] ?? ''), 'falta X-Robots-Tag: noindex');
    same(head['referrer-policy'], 'no-referrer', 'Referrer-Policy');
    const money = await page.locator('.cifra').boundingBox();
    must(money && money.y + money.height < PHONE.height, 'el importe no se ve sin desplazarse');
    const button = await page.locator('main a[download]').first().boundingBox();
    must(button.height >= 44, `el botón mide ${button.height} px de alto`);
    same((await shifts(page)).sum, 0, 'CLS');
    const found = await inBothThemes(page);
    same(found.join('\n'), '', 'axe');
    await fourShots(world, page, '01-factura');
  });
  await step('bajar el PDF y el XML sin cuenta', async () => {
    for (const [i, kind] of [[0, /\.pdf$/], [1, /\.xml$/]]) {
      const [file] = await Promise.all([page.waitForEvent('download'), page.locator('main a[download]').nth(i).click()]);
      must(kind.test(file.suggestedFilename()), `baja ${file.suggestedFilename()}`);
    }
  });
  await step('pesa poco', async () => {
    const fresh = await person(world, { size: PHONE });
    const first = await visit(fresh, link);
    const repeat = await visit(fresh, link);
    same(over(first, repeat).join('\n'), '', 'presupuestos');
    must(first.html <= 14 * 1024, `el HTML pesa ${first.html}`);
  });
  await step('sin JavaScript dice lo mismo', async () => {
    const plain = await person(world, { size: PHONE, script: false });
    await plain.goto(link);
    same(await plain.locator('.cifra').innerText(), await page.locator('.cifra').innerText(), 'el importe sin script');
  });
  await step('con una letra cambiada no hay factura', async () => {
    const last = link.at(-1) === 'A' ? 'B' : 'A';
    for (const path of [link.slice(0, -1) + last, `${link}x`, '/f/', '/f/../admin', '/f/%2e%2e%2fadmin']) {
      const answer = await page.watch.allowing([/respuesta 40\d/, /status of 40\d/], () => page.goto(path));
      must(answer.status() === 404 || page.url().includes('/entrar'), `${path} responde ${answer.status()}`);
    }
  });
}
