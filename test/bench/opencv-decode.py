"""OpenCV decoding and shrinking the pictures of a folder, one after the other, for as many milliseconds as each line of
the standard input says: python3 opencv-decode.py FOLDER SIDE. As libvips does, it decodes a JPEG at the least of its
reduced sizes that is no smaller than what is wanted."""
import glob
import json
import sys
import time

import cv2
import numpy

folder, side = sys.argv[1], int(sys.argv[2])
pictures = [open(path, 'rb').read() for path in sorted(glob.glob(f'{folder}/*.jpg'))]
cv2.setNumThreads(1)
whole = cv2.imdecode(numpy.frombuffer(pictures[0], dtype='uint8'), cv2.IMREAD_COLOR)
reduced = {8: cv2.IMREAD_REDUCED_COLOR_8, 4: cv2.IMREAD_REDUCED_COLOR_4, 2: cv2.IMREAD_REDUCED_COLOR_2}
flag = next((flag for by, flag in reduced.items() if max(whole.shape[:2]) / by >= side), cv2.IMREAD_COLOR)
print(json.dumps({'version': cv2.__version__}), flush=True)
for line in sys.stdin:
    start, cpu, done = time.monotonic(), time.process_time(), 0
    while (time.monotonic() - start) * 1000 < float(line):
        data = numpy.frombuffer(pictures[done % len(pictures)], dtype='uint8')
        picture = cv2.imdecode(data, flag)
        scale = side / max(picture.shape[:2])
        size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
        cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        done += 1
    print(json.dumps({'pictures': done, 'cpuMs': (time.process_time() - cpu) * 1000}), flush=True)
