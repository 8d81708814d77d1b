// A customer pays an invoice from a cheap phone: the link, the gateway's page, the answer; and the
// office sees the whole way of the payment and what the customer was told.

import { PHONE, person } from '../lib/browser.mjs';
import { must, same } from '../lib/journey.mjs';
import { signedIn } from '../lib/people.mjs';
import { fourShots } from '../lib/shots.mjs';

export const name = 'pago-por-enlace';
export const title = 'Pagar por el enlace en un teléfono, y verlo en la oficina';
export const limit = 120_000;

const main = (page) => page.locator('main').innerText();

/** Reloads until the page says it; the payment is confirmed by the gateway's notice. */
async function until(page, wanted, tries = 30) {
  for (let i = 0; i < tries; i += 1) {
    if (wanted.test(await main(page))) return;
    await page.waitForTimeout(500);
    await page.reload();
  }
  must(false, `la página no llegó a decir ${wanted}: ${(await main(page)).slice(0, 200)}`);
}

export async function run(world, step) {
  const staff = await signedIn(world, 'administrador');
  const { link, number } = await step('tomar el enlace de lo que debe Javier', async () => {
    await staff.goto('/admin/clientes/C-66489/facturas');
    await staff.locator('main table tbody a').first().click();
    await staff.waitForURL(/\/facturas\/[^?]/);
    const codes = await staff.locator('main code').allInnerTexts();
    const url = codes.find((c) => c.includes('/f/'));
    must(url, 'la factura no muestra su enlace');
    return { link: new URL(url).pathname, number: decodeURIComponent(staff.url().split('/').at(-1)) };
  });
  const page = await person(world, { size: PHONE });
  await step('elegir cómo pagar', async () => {
    await page.goto(link);
    await Promise.all([page.waitForURL(/\/pagar$/), page.getByRole('link', { name: 'Pagar', exact: true }).click()]);
    must(/tarjeta/i.test(await main(page)), 'no ofrece tarjeta');
    await fourShots(world, page, '01-como-pagar');
  });
  await step('pagar en la página de la pasarela', async () => {
    await page.getByRole('button', { name: /continuar/i }).click();
    await page.waitForURL(/\/emuladores\/pasarela\/pagar\//);
    await page.getByRole('button', { name: 'Pagar con tarjeta' }).click();
    await page.waitForURL(/\/f\/.*regreso=1/);
    await until(page, /pagad|acreditad|recibimos|listo/i);
    await fourShots(world, page, '02-pagado');
  });
  await step('la factura está pagada y no se puede pagar otra vez', async () => {
    await page.goto(link);
    same(await page.getByRole('link', { name: 'Pagar', exact: true }).count(), 0, 'el botón Pagar sigue');
    await staff.goto(`/facturacion/facturas/${number}`);
    must(/pagada/i.test(await main(staff)), 'la oficina no la ve pagada');
  });
  await step('el camino del pago, en una línea de tiempo', async () => {
    await staff.goto('/facturacion/cobros');
    // The list redraws itself while the payment is told: its address is taken, not clicked.
    const href = await staff.locator('main table tbody a[href*="/cobros/"]').first().getAttribute('href');
    await staff.goto(href);
    const told = await main(staff);
    for (const wanted of [/aviso/i, /pago/i, /factura/i]) must(wanted.test(told), `la línea de tiempo no dice ${wanted}`);
    await fourShots(world, staff, '03-camino');
  });
  await step('lo que se le dijo al cliente', async () => {
    await staff.goto('/emuladores/whatsapp');
    for (let i = 0; i < 30 && !(await staff.getByText(/66489000|6648 9000|mosca/i).count()); i += 1) {
      await staff.waitForTimeout(500);
      await staff.reload();
    }
    must(await staff.getByText(/66489000|6648 9000|mosca/i).count(), 'WhatsApp no tiene el mensaje');
    await staff.goto('/admin/mensajes/envios');
    must(/javier mosca|confirmación/i.test(await main(staff)), 'el envío no está en la lista');
    await fourShots(world, staff, '04-envios');
  });
}
