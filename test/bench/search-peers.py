"""Flat, inverted-file and graph indexes of others over the vectors that the benchmark of search wrote.

Usage: search-peers.py FOLDER LENGTH LISTS. Reads base.f32, queries.f32 and truth.u32 (ten rows a query) there; writes a
JSON line for each index: name, milliseconds of CPU and of the clock a query (medians), recall@10. One thread each, one
query at a time.
"""
import json
import sys
import time

import numpy as np

folder, length, lists = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
base = np.fromfile(f"{folder}/base.f32", dtype=np.float32).reshape(-1, length)
queries = np.fromfile(f"{folder}/queries.f32", dtype=np.float32).reshape(-1, length)
truth = np.fromfile(f"{folder}/truth.u32", dtype=np.uint32).reshape(-1, 10)


def measure(peer, name, search, count):
    cpu, wall, hits = [], [], 0
    for at in range(count):
        query = queries[at : at + 1]
        began, began_wall = time.process_time(), time.perf_counter()
        found = search(query)
        cpu.append((time.process_time() - began) * 1000)
        wall.append((time.perf_counter() - began_wall) * 1000)
        hits += len(set(found.tolist()) & set(truth[at].tolist()))
    result = {"peer": peer, "name": name, "cpuMs": float(np.median(cpu)), "wallMs": float(np.median(wall))}
    print(json.dumps({**result, "recall": hits / (10 * count)}), flush=True)


try:
    import faiss

    faiss.omp_set_num_threads(1)
    flat = faiss.IndexFlatIP(length)
    flat.add(base)
    measure("faiss-flat", "faiss flat", lambda query: flat.search(query, 10)[1][0], 30)
    del flat
    ivf = faiss.IndexIVFFlat(faiss.IndexFlatIP(length), length, lists, faiss.METRIC_INNER_PRODUCT)
    ivf.train(base[:: max(1, len(base) // (lists * 64))])
    ivf.add(base)
    for probes in (8, 16, 32, 64, 96, 128, 192, 256, 384):
        ivf.nprobe = probes
        measure("faiss-ivf", f"faiss IVF, {probes} of {lists}", lambda query: ivf.search(query, 10)[1][0], len(queries))
    del ivf
except ImportError:
    print(json.dumps({"peer": "missing", "name": "faiss: apt-get install python3-faiss"}), flush=True)
try:
    import hnswlib

    graph = hnswlib.Index(space="ip", dim=length)
    graph.init_index(max_elements=len(base), ef_construction=80, M=12)
    graph.set_num_threads(2)
    graph.add_items(base)
    graph.set_num_threads(1)
    for ef in (32, 64, 128, 256):
        graph.set_ef(ef)
        measure("hnswlib", f"hnswlib, ef {ef}", lambda query: graph.knn_query(query, k=10)[0][0], len(queries))
except ImportError:
    print(json.dumps({"peer": "missing", "name": "hnswlib: apt-get install python3-hnswlib"}), flush=True)
