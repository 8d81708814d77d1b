// Made-up customers with valid identity numbers. It invents no real person: names are those of the
// stories.

const CHARS = '0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ';

/** RFC of a person with its check digit, from four letters and a birthday `AAMMDD`. */
export function rfc(letters, day, mark) {
  const body = `${letters}${day}${mark}`;
  const sum = [...body].reduce((total, c, i) => total + CHARS.indexOf(c) * (13 - i), 0);
  const digit = 11 - (sum % 11);
  return body + (digit === 11 ? '0' : digit === 10 ? 'A' : String(digit));
}

// Four letters of their own for each walk, so that a demo may be walked twice.
const WALK = `N${[676, 26, 1].map((p) => String.fromCharCode(65 + (Math.floor(Date.now() / 60_000 / p) % 26))).join('')}`;

/** A customer that nobody else has: `n` from 0 to 99. */
export function customer(n) {
  const two = String(n).padStart(2, '0');
  return {
    tipo_documento: 'RFC', numero_documento: rfc(WALK, `9001${String((n % 28) + 1).padStart(2, '0')}`, two),
    razon_social: `NUEVO ÁLVAREZ ${WALK} ${two}`, regimen_fiscal: '605', codigo_postal: '64000',
    telefono: `81 5550 00${two}`, email: `nuevo${two}@correo.example`,
  };
}

/** Fills the fields of a form by their names, whatever they are. */
export async function fill(page, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = page.locator(`main [name="${name}"]`).first();
    const tag = await field.evaluate((e) => e.tagName);
    if (tag === 'SELECT') await field.selectOption(value);
    else await field.fill(value);
  }
}
