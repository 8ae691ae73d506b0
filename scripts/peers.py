#!/usr/bin/env python3
"""Near copies by other people's programs, for scripts/bench --peers to measure.

usage: peers.py PEER JOBS FILE.ndjson

Reads the texts of posts, then does the whole job: character 3-grams, sketch (128 places),
index, query at a likeness of 0.8, by the way in that the peer's own documentation holds
to be the fastest that it offers. Prints seconds for making the shingles and seconds for all the rest, and
how many texts have a candidate before them. Reading the file is not counted.
"""
import json
import sys
import time

PLACES = 128
THRESHOLD = 0.8
BANDS = 16  # of 8: 1 - (1 - 0.8 ** 8) ** 16 = 0.95 at the threshold


def shingles_of(text):
    return {text[i:i + 3] for i in range(len(text) - 2)}


def by_datasketch(sets, jobs):
    from datasketch import MinHash, MinHashLSH
    index = MinHashLSH(num_perm=PLACES, params=(BANDS, PLACES // BANDS))
    found = 0
    for number, sketch in enumerate(MinHash.generator(([s.encode() for s in one] for one in sets),
                                                      num_perm=PLACES)):
        found += bool(index.query(sketch))
        index.insert(number, sketch, check_duplication=False)
    return found


def by_rensa(sets, jobs):
    from rensa import RMinHash, RMinHashLSH
    index = RMinHashLSH(threshold=THRESHOLD, num_perm=PLACES, num_bands=BANDS)
    sketches = RMinHash.digest_matrix_from_token_sets([list(one) for one in sets], num_perm=PLACES,
                                                      seed=42)
    return sum(index.insert_matrix_and_query_duplicate_flags(sketches, 0))


def by_fastsketchlsh(sets, jobs):
    from FastSketchLSH import LSH, FastSimilaritySketch
    sketches = FastSimilaritySketch(size=PLACES, seed=42).batch([list(one) for one in sets],
                                                                num_threads=jobs)
    index = LSH(num_perm=PLACES, num_bands=BANDS, num_threads=jobs)
    return int(index.insert_and_query_duplicates(sketches).sum())


def main():
    peer, jobs, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    work = {'datasketch': by_datasketch, 'rensa': by_rensa, 'fastsketchlsh': by_fastsketchlsh}[peer]
    with open(path, encoding='utf-8') as lines:
        texts = [json.loads(line).get('text') or '' for line in lines]
    begin = time.perf_counter()
    sets = [shingles_of(text) for text in texts]
    made = time.perf_counter()
    found = work(sets, jobs)
    print(f'{made - begin:.3f} {time.perf_counter() - made:.3f} {found}')


main()
