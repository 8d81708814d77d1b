"""Compiles the field order of the SAT stylesheets into the tables of src/cadena/tabla.

Usage: compilar_tabla.py CARPETA_CFD DESTINO, where CARPETA_CFD holds 4/cadenaoriginal_4_0 and its
neighbours, as the satcfdi package carries them. The tables hold only names and their order, no text
of the stylesheets. Run it when the SAT publishes a new complement; it stops on any construct that
the evaluator does not know.
"""

import re
import sys
import textwrap
from pathlib import Path

from lxml import etree

XSL = "{http://www.w3.org/1999/XSL/Transform}"
RAICES = {
    "cfdi40": "4/cadenaoriginal_4_0/cadenaoriginal_4_0.xslt",
    "cfdi33": "3/cadenaoriginal_3_3/cadenaoriginal_3_3.xslt",
}


def incluidos(ruta, raiz):
    for nodo in raiz.findall(XSL + "include"):
        href = nodo.get("href").replace("http://www.sat.gob.mx/sitio_internet/cfd/", "../../")
        yield (ruta.parent / href).resolve()


class Hoja:
    """One stylesheet being compiled; the first namespace used by a template is the default."""

    def __init__(self, raiz):
        self.ns = raiz.nsmap
        self.prefijos = []
        todas = raiz.findall(XSL + "template")
        self.plantillas = [t for t in todas if t.get("match") not in (None, "/")]
        for t in self.plantillas:
            self.nombre(t.get("match"))

    def nombre(self, qname):
        prefijo, local = qname.split(":") if ":" in qname else ("", qname)
        if not re.fullmatch(r"\w+", local):
            raise SystemExit(f"nombre no previsto: {qname}")
        if prefijo not in self.prefijos:
            self.prefijos.append(prefijo)
        return local if prefijo == self.prefijos[0] else qname

    def camino(self, expresion):
        expresion = expresion.strip()
        if expresion == ".":
            return "."
        ancla = ""
        if expresion.startswith(".//"):
            ancla, expresion = "//", expresion[3:]
        elif expresion.startswith("./"):
            expresion = expresion[2:]
        elif expresion.startswith("/"):
            ancla, expresion = "^", expresion[1:]
        return ancla + "/".join(self.paso(p) for p in expresion.split("/"))

    def paso(self, paso):
        return "*" if paso == "*" else self.nombre(paso)

    def valor(self, expresion, marca):
        expresion = expresion.strip()
        directo = re.fullmatch(r"(?:\./)?@(\w+)", expresion)
        if directo:
            return directo.group(1) + marca
        if "@" in expresion:
            raise SystemExit(f"valor no previsto: {expresion}")
        return "=" + self.camino(expresion) + marca

    def prueba(self, expresion):
        igual = re.fullmatch(r"\./@(\w+)='([^' ]*)'", expresion)
        if igual:
            return f"@{igual.group(1)}={igual.group(2)}"
        return self.camino(expresion)

    def cuerpo(self, nodo):
        for hijo in nodo:
            if hijo.tag == XSL + "call-template":
                marca = {"Requerido": "", "Opcional": "?"}[hijo.get("name")]
                yield self.valor(hijo.find(XSL + "with-param").get("select"), marca)
            elif hijo.tag == XSL + "apply-templates":
                yield ">" + self.camino(hijo.get("select"))
            elif hijo.tag == XSL + "for-each":
                yield from ["*" + self.camino(hijo.get("select")), "{", *self.cuerpo(hijo), "}"]
            elif hijo.tag == XSL + "if":
                yield from ["?" + self.prueba(hijo.get("test")), "{", *self.cuerpo(hijo), "}"]
            else:
                raise SystemExit(f"elemento no previsto: {hijo.tag}")

    def texto(self):
        lineas = []
        for t in self.plantillas:
            fichas = [self.nombre(t.get("match")), "{", *self.cuerpo(t), "}"]
            # A for-each of one apply-templates on itself is that apply-templates.
            texto = re.sub(r"\*(\S+) \{ >\. \}", r">\1", " ".join(fichas))
            lineas += textwrap.wrap(texto, 98, subsequent_indent="  ", break_long_words=False)
        espacios = [f"ns {p or '-'} {self.ns.get(p or None, '-')}" for p in self.prefijos]
        return "\n".join(espacios + lineas) + "\n"


def main(carpeta, destino):
    destino.mkdir(parents=True, exist_ok=True)
    vistos = {}
    for nombre, ruta in RAICES.items():
        ruta = (carpeta / ruta).resolve()
        raiz = etree.parse(str(ruta)).getroot()
        lista = []
        for otra in incluidos(ruta, raiz):
            if otra.stem == "utilerias":
                continue
            lista.append(otra.stem.lower())
            if otra not in vistos:
                vistos[otra] = otra.stem.lower()
                texto = Hoja(etree.parse(str(otra)).getroot()).texto()
                (destino / f"{otra.stem.lower()}.txt").write_text(texto)
        (destino / f"{nombre}.txt").write_text(Hoja(raiz).texto())
        print(nombre, *lista)


main(Path(sys.argv[1]), Path(sys.argv[2]))
