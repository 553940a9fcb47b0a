import numpy as np

from intents.encoders.architectures import relative_buckets


def test_near_tokens_have_a_bucket_each_and_the_sides_differ() -> None:
    buckets = relative_buckets(10)
    assert buckets[0, 0] == 0
    assert buckets[5, 4] == 1
    assert buckets[4, 5] == 17
    assert len({int(buckets[9, j]) for j in range(2, 10)}) == 8


def test_far_tokens_share_the_last_bucket() -> None:
    buckets = relative_buckets(256)
    assert buckets.max() == 31
    assert buckets[255, 0] == buckets[255, 100] == 15
    assert (np.diff(buckets[255, ::-1]) >= 0).all()
