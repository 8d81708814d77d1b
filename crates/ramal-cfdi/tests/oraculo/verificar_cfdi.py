"""Judges every CFDI of a folder with the official schema and stylesheet of the satcfdi package.

Usage: verificar_cfdi.py CARPETA

For each *.xml (not in subfolders): valid against cfdv40.xsd with Pagos 2.0 and the timbre, cadena by
the official XSLT, sello by the certificate inside, NoCertificado, and SelloCFD of the timbre. Prints
a JSON summary; exit 1 if any file fails or there is none.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path

import satcfdi
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

ESQUEMAS = Path(satcfdi.__file__).parent / "transform" / "schemas"
CFD = ESQUEMAS / "www.sat.gob.mx" / "sitio_internet" / "cfd"
NS = {"cfdi": "http://www.sat.gob.mx/cfd/4", "tfd": "http://www.sat.gob.mx/TimbreFiscalDigital"}
COMPLEMENTOS = {
    "http://www.sat.gob.mx/Pagos20": CFD / "Pagos" / "Pagos20.xsd",
    NS["tfd"]: CFD / "TimbreFiscalDigital" / "TimbreFiscalDigitalv11.xsd",
}


class Local(etree.Resolver):
    """Schemas are found in the package, never on the network."""

    def resolve(self, url, pubid, context):
        if url.startswith("http"):
            return self.resolve_filename(str(ESQUEMAS / url.split("://", 1)[1]), context)
        return None


def esquema():
    """One schema that knows the document and its complements."""
    parser = etree.XMLParser()
    parser.resolvers.add(Local())
    importes = {NS["cfdi"]: CFD / "4" / "cfdv40.xsd", **COMPLEMENTOS}
    lineas = "".join(
        f'<xs:import namespace="{n}" schemaLocation="{r}"/>' for n, r in importes.items()
    )
    raiz = etree.fromstring(
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{lineas}</xs:schema>', parser
    )
    return etree.XMLSchema(raiz)


def juzgar(ruta, xsd, xslt):
    faltas = []
    documento = etree.parse(str(ruta))
    raiz = documento.getroot()
    if not xsd.validate(documento):
        faltas += [f"XSD línea {e.line}: {e.message}" for e in xsd.error_log][:5]
    cadena = str(xslt(documento))
    certificado = x509.load_der_x509_certificate(base64.b64decode(raiz.get("Certificado")))
    numero = certificado.serial_number.to_bytes(20, "big").decode("ascii", "replace")
    if numero != raiz.get("NoCertificado"):
        faltas.append(f"NoCertificado {raiz.get('NoCertificado')} y el certificado es {numero}")
    sello = base64.b64decode(raiz.get("Sello"))
    try:
        certificado.public_key().verify(
            sello, cadena.encode(), padding.PKCS1v15(), hashes.SHA256()
        )
    except InvalidSignature:
        faltas.append("el sello no corresponde a la cadena")
    for timbre in raiz.iterfind("cfdi:Complemento/tfd:TimbreFiscalDigital", NS):
        if timbre.get("SelloCFD") != raiz.get("Sello"):
            faltas.append("SelloCFD no es el sello")
    return {
        "archivo": ruta.name,
        "tipo": raiz.get("TipoDeComprobante"),
        "cadena_sha256": hashlib.sha256(cadena.encode()).hexdigest(),
        "faltas": faltas,
    }


def main():
    carpeta = Path(sys.argv[1])
    xsd = esquema()
    hoja = CFD / "4" / "cadenaoriginal_4_0" / "cadenaoriginal_4_0.xslt"
    xslt = etree.XSLT(etree.parse(str(hoja)))
    resultados = []
    for ruta in sorted(carpeta.glob("*.xml")):
        try:
            resultados.append(juzgar(ruta, xsd, xslt))
        except Exception as error:  # an unreadable file is a failure, not the end of the run
            falta = f"{type(error).__name__}: {error}"
            resultados.append({"archivo": ruta.name, "faltas": [falta]})
    malos = [r for r in resultados if r["faltas"]]
    resumen = {"archivos": len(resultados), "malos": len(malos), "detalle": resultados}
    print(json.dumps(resumen, indent=1, ensure_ascii=False))
    sys.exit(1 if malos or not resultados else 0)


main()
