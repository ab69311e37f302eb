"""Writes python-parquet.json: Parquet files of pyarrow, in each of its encodings and compressions, and what pyarrow reads in them.

    tools/peers/run pyarrow packages/parquet-stream/test/python-parquet.py > packages/parquet-stream/test/python-parquet.json
"""

import base64
import gzip
import io
import json
import random

import pyarrow as pa
import pyarrow.parquet as pq

random.seed(1)
JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
COUNT = 11
images = [random.choice([JPEG, PNG]) + random.randbytes(random.randrange(60)) for _ in range(COUNT)]
labels = [random.randrange(4) for _ in range(COUNT)]
IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
NAMES = ["Ann", "Bob", "Zoë", "日本"]
HUGGINGFACE = json.dumps({"info": {"features": {"image": {"_type": "Image"}, "label": {"names": NAMES, "_type": "ClassLabel"}}}})


def column(values, type=IMAGE):
    if type is not IMAGE:
        return pa.array(values, type)
    return pa.array([None if value is None else {"bytes": value, "path": f"{number}.jpg"} for number, value in enumerate(values)], type)


def faces(label=pa.int64(), image=IMAGE, metadata=None):
    table = pa.table({"image": column(images, image), "age": pa.array(range(COUNT)), "label": pa.array(labels, label)})
    return table.replace_schema_metadata(metadata)


def pairs(label):
    same = [number % 3 == 0 for number in range(COUNT)]
    values = pa.array(same if label == pa.bool_() else list(map(int, same)), label)
    return pa.table({"image1": column(images), "image2": column(images[::-1]), "label": values})


def described(table, **options):
    file = io.BytesIO()
    pq.write_table(table, file, **options)
    read = pq.read_table(io.BytesIO(file.getvalue())).to_pylist()
    hexed = lambda value: value and (value["bytes"] if isinstance(value, dict) else value)
    rows = [{name: (hexed(row[name]) or b"").hex() if name.startswith("image") else row[name] for name in row if name != "age"} for row in read]
    # hyparquet is not told what is text by every writer.
    return {"file": base64.b64encode(gzip.compress(file.getvalue(), mtime=0)).decode(), "rows": rows}


files = {f"faces, {codec}": described(faces(), compression=codec) for codec in ["none", "snappy", "gzip", "zstd", "brotli", "lz4"]}
files |= {
    "faces, row groups of 5": described(faces(), row_group_size=5),
    "faces, version 1.0": described(faces(), version="1.0", data_page_version="1.0"),
    "faces, pages of version 2": described(faces(), data_page_version="2.0", data_page_size=64),
    "faces, no dictionary": described(faces(), use_dictionary=False),
    "faces, delta encodings": described(
        faces(image=pa.binary()), use_dictionary=False, column_encoding={"image": "DELTA_LENGTH_BYTE_ARRAY", "label": "DELTA_BINARY_PACKED"}
    ),
    "faces, page index and checksums": described(faces(), write_page_index=True, write_page_checksum=True),
    "faces, bytes with no struct": described(faces(image=pa.binary())),
    "faces, large binary, 32 bits": described(faces(image=pa.large_binary(), label=pa.int32())),
    "faces, names": described(faces(metadata={"huggingface": HUGGINGFACE})),
    "pairs": described(pairs(pa.bool_())),
    "pairs, numbers": described(pairs(pa.int64()), row_group_size=10),
}
nothing = pa.table({"image": column([JPEG + b"1", None, b"GIF89a", JPEG + b"2"]), "label": pa.array([1, 2, 3, None], pa.int64())})
files["some without"] = described(nothing)
files["no images"] = described(pa.table({"image": column([None, None])}))
files["paths alone"] = described(pa.table({"image": pa.array([{"bytes": None, "path": "a/1.jpg"}], IMAGE)}))
files["other columns"] = described(pa.table({"picture": column(images, pa.binary()).cast(pa.binary()), "person": pa.array(labels)}).rename_columns(["image_x", "person"]))
files["no rows"] = described(faces().slice(0, 0))
print(json.dumps(files, indent=1, ensure_ascii=False))
