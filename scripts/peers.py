#!/usr/bin/env python3
"""Near copies by other people's programs, for scripts/bench --peers to measure.

usage: peers.py PEER JOBS FILE.ndjson

Reads the texts of posts, which is not counted, and then does the whole job as fast as the
peer offers it: character 3-grams, sketches of 128 places, an index of 16 bands of 8 (so a
likeness of 0.8 is found 95 times in 100), a query for each text. None of them verifies
what it finds. Prints the seconds of CPU that it took, on all threads, and how many texts
have a candidate.
"""
import json
import sys
import time

PLACES = 128
BANDS = 16


def hashed_shingles(texts):
    """All texts' 3-grams as one array of 32-bit hashes, and where each text's begin."""
    import numpy
    lengths = numpy.array([len(text) for text in texts], dtype=numpy.int64)
    codes = numpy.frombuffer(''.join(texts).encode('utf-32-le'), dtype=numpy.uint32)
    counts = numpy.maximum(lengths - 2, 0)
    begins = numpy.concatenate(([0], numpy.cumsum(counts)))
    first = numpy.concatenate(([0], numpy.cumsum(lengths)[:-1]))
    at = numpy.repeat(first - begins[:-1], counts) + numpy.arange(begins[-1])
    hashes = (codes[at] * numpy.uint32(0x9E3779B1) ^ codes[at + 1] * numpy.uint32(0x85EBCA77) ^
              codes[at + 2] * numpy.uint32(0xC2B2AE3D))
    return hashes, begins.astype(numpy.uint64)


def by_datasketch(texts, jobs):
    from datasketch import MinHash, MinHashLSH
    index = MinHashLSH(num_perm=PLACES, params=(BANDS, PLACES // BANDS))
    sets = ([text[i:i + 3].encode() for i in range(len(text) - 2)] for text in texts)
    found = 0
    for number, sketch in enumerate(MinHash.generator(sets, num_perm=PLACES)):
        found += bool(index.query(sketch))
        index.insert(number, sketch, check_duplication=False)
    return found


def by_rensa(texts, jobs):
    import numpy
    from rensa import RMinHash, RMinHashLSH
    hashes, begins = hashed_shingles(texts)
    sketches = RMinHash.digest_matrix_from_flat_token_hashes(hashes.astype(numpy.uint64), begins,
                                                             num_perm=PLACES, seed=42)
    index = RMinHashLSH(threshold=0.8, num_perm=PLACES, num_bands=BANDS)
    return sum(index.insert_matrix_and_query_duplicate_flags(sketches, 0))


def by_fastsketchlsh(texts, jobs):
    from FastSketchLSH import LSH, FastSimilaritySketch
    hashes, begins = hashed_shingles(texts)
    sketches = FastSimilaritySketch(size=PLACES, seed=42).batch_csr(hashes, begins,
                                                                    num_threads=jobs)
    index = LSH(num_perm=PLACES, num_bands=BANDS, num_threads=jobs)
    return int(index.insert_and_query_duplicates(sketches).sum())


def main():
    peer, jobs, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    work = {'datasketch': by_datasketch, 'rensa': by_rensa, 'fastsketchlsh': by_fastsketchlsh}[peer]
    with open(path, encoding='utf-8') as lines:
        texts = [json.loads(line).get('text') or '' for line in lines]
    begin = time.process_time()
    found = work(texts, jobs)
    print(f'{time.process_time() - begin:.3f} {found}')


main()
