"""Six kinds of network, six jobs: a star is for the first try, and each kind gets work."""

from __future__ import annotations

from samples import words

from mnist_lesson.introduction.figures import KINDS, show_networks
from mnist_lesson.shared.colours import BLUE
from mnist_lesson.widgets.six_kinds import JOBS, SixKinds


def test_each_kind_has_a_job_of_its_own() -> None:
    assert sorted(fits[0] for _, fits in JOBS) == sorted(KINDS)
    assert all(set(fits) <= set(KINDS) for _, fits in JOBS)


def test_no_kind_stands_out_before_its_job_is_given() -> None:
    def named(figure):
        return {ax.get_title(): ax.title.get_color() for ax in figure.axes}

    assert len(set(named(show_networks([])).values())) == 1
    blue = [kind for kind, colour in named(show_networks()).items() if colour == BLUE]
    assert blue == ["Convolutional"]


def test_a_star_is_for_the_first_try() -> None:
    panel = SixKinds()
    kinds = {kind.description: kind for kind in panel.kinds}
    kinds["Recurrent"].click()
    assert "Recurrent is for sounds and sentences. Try another for job 1!" in words(panel.said)
    for stars, (said, fits) in zip((0, 0, 1, 2, 3, 4), JOBS, strict=True):
        assert said in words(panel.job)
        assert words(panel.said).startswith(f"★ {stars} ")
        assert KINDS[fits[0]][1] not in panel.picture.value  # it would give the answer away
        kinds[fits[-1]].click()
        assert "Try another" not in words(panel.said)  # there's a new job
        assert KINDS[fits[0]][1] in panel.picture.value
    assert words(panel.said).endswith("5 of 6 on the first try.")
    kinds["LSTM"].click()  # too late: all have work
    assert panel.done == 6
    panel.again.click()
    assert JOBS[0][0] in words(panel.job)
    assert words(panel.said).startswith("★ 0 ")


def test_the_simpler_one_is_named_where_a_larger_one_would_do() -> None:
    panel = SixKinds()
    for _, fits in JOBS:
        panel.choose(fits[-1])
        simpler = f"the simpler {fits[0]}" in words(panel.said)
        assert simpler == (len(fits) > 1)


def test_random_actions(random_actions) -> None:
    random_actions(SixKinds())
