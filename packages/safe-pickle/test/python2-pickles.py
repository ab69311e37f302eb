"""Writes python2-pickles.json: pickles by the real Python 2.7, of both its modules, base64. Run by hand: python2.7 python2-pickles.py"""
import base64
import cPickle
import json
import os
import pickle

every_byte = bytearray(range(256))
short = bytearray(b'a\\\n\xff')
value = ([every_byte, short, short, bytearray(), 'a str\n', u'a text'], [True, False, 1, 2 ** 40, None])

fixtures = {
    module.__name__: [base64.b64encode(module.dumps(value, protocol)) for protocol in range(3)]
    for module in (pickle, cPickle)
}
with open(os.path.splitext(__file__)[0] + '.json', 'w') as file:
    file.write(json.dumps(fixtures, indent=2, sort_keys=True, separators=(',', ': ')) + '\n')
