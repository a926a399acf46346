"""Reads a safetensors file without the safetensors package: 8 bytes of header length, JSON header, raw data."""

import json
import struct

import torch

DTYPES = {"F32": torch.float32, "F64": torch.float64, "I64": torch.int64, "U8": torch.uint8}


def read_safetensors(path):
    """(tensors by name, metadata) of a file."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    metadata = header.pop("__metadata__", {})
    return {name: view(data, entry) for name, entry in header.items()}, metadata


def view(data, entry):
    start, end = entry["data_offsets"]
    dtype = DTYPES[entry["dtype"]]
    count = (end - start) // dtype.itemsize
    return torch.frombuffer(data, dtype=dtype, count=count, offset=start).reshape(entry["shape"])
