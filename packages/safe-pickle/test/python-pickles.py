"""Writes python-pickles.json: pickles by the real Python and numpy, base64, for the tests. Run by hand: python3 python-pickles.py"""
import base64
import collections
import json
import pathlib
import pickle
import numpy as np

shared = ['same']
data = [
    None, True, False, 0, 255, 256, 65535, 65536, -1, 2**31, 2**53, -(2**70), 1.5, -0.0, float('inf'),
    '', 'a\n\\é€😀', b'', b'\x00\xff\n', bytearray(b'ab'), (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4),
    {'k': [1], 2: {}}, {1}, frozenset(['x']), 'y' * 300, b'z' * 300, [[]], shared, shared,
]
arrays = [
    np.arange(6, dtype='<u2').reshape(2, 3),
    np.asfortranarray(np.arange(6, dtype='<f4').reshape(2, 3)),
    np.arange(3, dtype='>i4'),
    np.array([True, False]),
    np.array(7, dtype='u1'),
    np.zeros((0, 3)),
    np.asfortranarray(np.arange(24, dtype='>u2').reshape(2, 3, 4)),
]
scalars = [
    np.float32(1.5), np.float64(-2), np.bool_(True), np.int8(-1), np.uint8(255), np.int16(-2), np.uint16(65535),
    np.int32(-3), np.uint32(2**32 - 1), np.int64(-(2**60)), np.uint64(2**63),
]
refused = {
    'object': np.array([None], dtype=object),
    'record': np.zeros(1, dtype=[('a', 'f4')]),
    'complex': np.zeros(1, dtype='c8'),
    'text': np.array(['a']),
    'date': np.zeros(1, dtype='M8[s]'),
    'OrderedDict': collections.OrderedDict(a=1),
    'numpy.ndarray': [np.ndarray],
    'dtype': [np.dtype('f4')],
}
inside = []
inside.append(inside)
around = ([],)
around[0].append(around)
refused.update(list_in_itself=inside, tuple_in_itself=around)


def protocols(value):
    return [base64.b64encode(pickle.dumps(value, protocol)).decode() for protocol in range(6)]


fixtures = {'data': protocols(data), 'arrays': protocols(arrays), 'scalars': protocols(scalars)}
fixtures['refused'] = {name: base64.b64encode(pickle.dumps(value, 2)).decode() for name, value in refused.items()}
pathlib.Path(__file__).with_suffix('.json').write_text(json.dumps(fixtures, indent=2) + '\n')
