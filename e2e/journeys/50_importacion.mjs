// A catalogue comes in from a file: a bad one is explained line by line and changes nothing, a good
// one is shown before it is taken, and taking it again changes nothing.

import { must, same } from '../lib/journey.mjs';
import { signedIn } from '../lib/people.mjs';
import { fourShots } from '../lib/shots.mjs';

export const name = 'importacion';
export const title = 'Importar un archivo: errores por línea, vista previa, hecho, repetido';

const HEAD = 'nombre,tipo,tecnologia,precio_con_impuesto,periodo,clave_prod_serv,clave_unidad';
const GOOD = `${HEAD}\nFIBRA 600,internet,ftth,799.00,mensual,81112101,E48\nFIBRA 50,internet,ftth,349.00,mensual,81112101,E48\n`;
const BAD = `${HEAD}\nFIBRA 700,internet,ftth,mil,mensual,81112101,E48\n,internet,ftth,100.00,mensual,81112101,E48\n`;

export async function run(world, step) {
  const page = await signedIn(world, 'administrador');
  const upload = async (file, text) => {
    await page.goto('/admin/catalogo/importar');
    await page.locator('input[type=file]').setInputFiles({ name: file, mimeType: 'text/csv', buffer: Buffer.from(text) });
    const currency = page.locator('select[name=moneda]');
    if (await currency.count()) await currency.selectOption('MXN');
    await page.locator('main form button[type=submit]').first().click();
    await page.waitForLoadState('load');
  };
  const products = async (text) => {
    await page.goto(`/admin/catalogo?q=${encodeURIComponent(text)}`);
    return page.locator('#lista tbody tr').count();
  };
  await step('un archivo con errores se explica línea por línea y no cambia nada', async () => {
    await page.watch.allowing([/respuesta 422/, /status of 422/], () => upload('malo.csv', BAD));
    const text = await page.locator('main').innerText();
    must(/\b2\b/.test(text) && /\b3\b/.test(text), `no nombra las líneas 2 y 3: ${text.slice(0, 300)}`);
    must(/precio/i.test(text), 'no nombra la columna del precio');
    await fourShots(world, page, '01-errores');
    same(await products('FIBRA 700'), 0, 'productos del archivo malo');
  });
  await step('un archivo bueno se muestra antes y no cambia nada hasta confirmar', async () => {
    await upload('bueno.csv', GOOD);
    must((await page.locator('main').innerText()).includes('FIBRA 600'), 'la vista previa no muestra el producto nuevo');
    await fourShots(world, page, '02-vista-previa');
    const preview = page.url();
    same(await products('FIBRA 600'), 0, 'productos antes de confirmar');
    await page.goto(preview);
  });
  await step('confirmar con doble clic importa una vez', async () => {
    if (!await page.getByRole('button', { name: 'Importar el catálogo' }).count()) await upload('bueno.csv', GOOD);
    await page.getByRole('button', { name: 'Importar el catálogo' }).dblclick();
    await page.locator('.aviso-ok').first().waitFor();
    same(await products('FIBRA 600'), 1, 'productos tras confirmar');
  });
  await step('el mismo archivo otra vez no tiene qué cambiar', async () => {
    await upload('bueno.csv', GOOD);
    must(/ya dice lo mismo/i.test(await page.locator('main').innerText()), 'no dice que el catálogo ya está igual');
  });
  await step('un archivo que no es una tabla se rechaza con palabras', async () => {
    await page.watch.allowing([/respuesta 4\d\d/, /status of 4\d\d/], () => upload('foto.csv', '\u0000\u0001PNG sin columnas'));
    const text = await page.locator('main').innerText();
    must(/columna|archivo|falta/i.test(text), `el rechazo no explica: ${text.slice(0, 200)}`);
  });
}
