"""The decoding child: it sees one open file, answers on standard output and imports nothing else of unmask.

``unmask.media.sandbox`` starts it as a package of its own named ``child``, hence the relative imports: inside its walls
there is no unmask. Standard input is the file to read, already open; the one argument is the request as JSON. The
answer is a row of records. Whoever reads them believes none of it: ``unmask.media.decoder`` checks every size.
"""
