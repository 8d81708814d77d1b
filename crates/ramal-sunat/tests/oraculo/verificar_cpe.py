#!/usr/bin/env python3
"""Checks signed SUNAT documents with tools that share no code with Ramal.

Usage: verificar_cpe.py DIR [--python PREFIX]

For each *.xml of DIR: the XSD that the PyPI package sunat-py bundles, and `xmlsec1 --verify --insecure`
with the certificate inside the signature. Prints a JSON summary; exit 1 if any file fails or none is found.
Needs lxml and sunat-py (imported, or found under PREFIX/lib/python3*/site-packages) and xmlsec1.
"""

import glob
import json
import os
import subprocess
import sys

XSD = {
    "Invoice": "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    "CreditNote": "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
    "DebitNote": "ubl-2.1/maindoc/UBL-DebitNote-2.1.xsd",
    "SummaryDocuments": "sunat-1.0/maindoc/UBLPE-SummaryDocuments-1.0.xsd",
    "VoidedDocuments": "sunat-1.0/maindoc/UBLPE-VoidedDocuments-1.0.xsd",
}


def schemas_dir(prefix):
    pattern = os.path.join(prefix, "lib", "python3*", "site-packages", "sunat_py", "xsd", "schemas")
    found = sorted(glob.glob(pattern))
    if not found:
        sys.exit(f"sunat-py was not found under {prefix}; pip install sunat-py")
    return found[-1]


def xsd_errors(path, root_dir, cache):
    from lxml import etree

    document = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True))
    name = etree.QName(document.getroot()).localname
    if name not in XSD:
        return [f"no schema for {name}"]
    if name not in cache:
        cache[name] = etree.XMLSchema(etree.parse(os.path.join(root_dir, XSD[name])))
    schema = cache[name]
    schema.validate(document)
    return [f"{e.line}: {e.message}" for e in schema.error_log]


def signature_errors(path):
    # xmlsec1 1.2 enables every key-data by default and 1.3 wants them named; both know these flags.
    command = ["xmlsec1", "--verify", "--insecure", "--enabled-key-data", "x509", path]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return [] if result.returncode == 0 else [result.stderr.strip()[-300:] or "xmlsec1 failed"]


def main():
    arguments = sys.argv[1:]
    prefix = sys.prefix
    if "--python" in arguments:
        at = arguments.index("--python")
        prefix = arguments[at + 1]
        del arguments[at : at + 2]
    if len(arguments) != 1:
        sys.exit(__doc__)
    root_dir, cache, files = schemas_dir(prefix), {}, []
    for path in sorted(glob.glob(os.path.join(arguments[0], "*.xml"))):
        xsd, signature = xsd_errors(path, root_dir, cache), signature_errors(path)
        files.append(
            {
                "archivo": os.path.basename(path),
                "xsd": not xsd,
                "firma": not signature,
                "errores": xsd + signature,
            }
        )
    bad = [f for f in files if f["errores"]]
    print(json.dumps({"archivos": len(files), "fallas": len(bad), "detalle": files}, indent=1))
    return 1 if bad or not files else 0


if __name__ == "__main__":
    sys.exit(main())
