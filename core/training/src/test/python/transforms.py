"""Brings images to a model's input with PyTorch alone, to compare the Java side with.

    transforms.py MANIFEST OUT FILE...

A FILE is an image that Pillow reads, or NAME-WxH.rgb, raw pixels. OUT gets (H, W, 3) bytes of each.
"""
import json
import re
import sys

import torch


def read(path):
    size = re.search(r"-(\d+)x(\d+)\.rgb$", path)
    if size:
        width, height = map(int, size.groups())
        with open(path, "rb") as file:
            return torch.frombuffer(bytearray(file.read()), dtype=torch.uint8).reshape(height, width, 3)
    from PIL import Image, ImageOps
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    return torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8).reshape(image.height, image.width, 3)


def fitted(image, target):
    """torchvision's Resize and CenterCrop for tensors, written out, as it may not be installed."""
    steps = target["preprocessing"]
    height, width = image.shape[:2]
    if len(steps["size"]) == 2:
        to_height, to_width = steps["size"]
    elif width <= height:
        to_width, to_height = steps["size"][0], int(steps["size"][0] * height / width)
    else:
        to_height, to_width = steps["size"][0], int(steps["size"][0] * width / height)
    planes = image.permute(2, 0, 1)[None].float()
    if (to_height, to_width) != (height, width):
        planes = torch.nn.functional.interpolate(planes, (to_height, to_width), mode=steps["interpolation"], antialias=True)
    planes = planes.round().clamp(0, 255).byte()[0]
    top, left = (int(round((whole - part) / 2.0)) for whole, part in ((to_height, target["height"]), (to_width, target["width"])))
    return planes[:, top:top + target["height"], left:left + target["width"]].permute(1, 2, 0)


def main(manifest, out, *files):
    torch.set_num_threads(1)
    with open(manifest, encoding="utf-8") as file:
        target = json.load(file)["input"]
    with open(out, "wb") as file:
        for path in files:
            file.write(bytes(fitted(read(path), target).flatten().tolist()))


main(*sys.argv[1:])
